//! The resource: one kind of record, declared once.
//!
//! A resource is implemented by the struct that holds its data. Routes, OpenAPI, menu, roles page, client calls and
//! contract tests are derived from this declaration; see `catalogue.rs` for the list of all of them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::act::Act;
use crate::catalogue::Edition;
use crate::custom::Custom;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::lines::Columns;
use crate::money::{Currency, Decimal};
use crate::permission::{Action, Governed, Permission};
use crate::preset::Preset;
use crate::references::{Link, Parent};
use crate::text::{fold, spreadsheet};

/// One kind of record.
pub trait Resource:
    Clone + Debug + Default + PartialEq + Serialize + DeserializeOwned + Send + Sync + Unpin + 'static
{
    /// The plural noun used as path, permission prefix and message key.
    const NAME: &'static str;
    /// The table it lies in; another word than the name only where that has a hyphen.
    const TABLE: &'static str = Self::NAME;
    const AREA: Area;
    /// The members a caller may see or write; the members of [`Stamp`] come on top for every resource.
    const FIELDS: &'static [Field];
    /// The field that names a record to a person.
    const TITLE: &'static str = "name";
    /// The field with the colour in which a record is shown where others name it.
    const COLOUR: Option<&'static str> = None;
    /// The field whose latest values stand first in a list that is asked for in no order.
    const NEWEST: &'static str = "updated_at";
    /// The field that finds a record when a file gives no name of another system.
    const KEY: Option<&'static str> = None;
    /// Whether files can be read into records, and records written to files.
    const TRANSFERRED: bool = false;
    /// Whether somebody is in charge of each record. Of what belongs to the house nobody asks for the owner.
    const OWNED: bool = true;
    /// Whether each record belongs to a department, as what has an owner does.
    const PLACED: bool = Self::OWNED;
    /// What decides who may do what with its records.
    const GOVERNED: Governed = Governed::ByRoles;
    /// The record that each of them belongs to, if there is one.
    const PARENT: Option<Parent> = None;
    /// The fields that lead to a record of any resource.
    const LINK: Option<Link> = None;
    /// The moment at which its records stand in the timeline of those that they name; none if they do not stand there.
    const TOLD_AT: Option<&'static str> = None;
    /// References that lie in a table of their own, any number of each: given when a record is made, later changed by an
    /// action of their own, embedded on demand.
    const BESIDE: &'static [Field] = &[];
    /// What happens to a record besides edits of its fields.
    const ACTS: &'static [Act] = &[];
    /// The field that holds where a record stands; acts alone change it.
    const STATE: Option<&'static str> = None;
    /// The states in which a document is out of the house: acts alone change it, and nothing takes it back or deletes it.
    const ISSUED: &'static [&'static str] = &[];
    /// The lists that people ask for all day.
    const PRESETS: &'static [Preset] = &[];
    /// Whether two of its records may turn out to be one: they are compared when they are written, and can be put together.
    const MERGED: bool = false;
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Find, Verb::Create, Verb::Update, Verb::Delete];

    const READ: Permission = Permission::new(Self::NAME, Action::Read);
    const CREATE: Permission = Permission::new(Self::NAME, Action::Create);
    const UPDATE: Permission = Permission::new(Self::NAME, Action::Update);
    const DELETE: Permission = Permission::new(Self::NAME, Action::Delete);
    const EXPORT: Permission = Permission::new(Self::NAME, Action::Export);
    const IMPORT: Permission = Permission::new(Self::NAME, Action::Import);
    const ASSIGN: Permission = Permission::new(Self::NAME, Action::Assign);
    const REVEAL: Permission = Permission::new(Self::NAME, Action::Reveal);
    const MERGE: Permission = Permission::new(Self::NAME, Action::Merge);

    /// What stands in the field that names the record.
    fn title(&self) -> &str;

    /// What follows from a change by itself, such as the moment at which a task was done. A new record has nothing before.
    fn follow(&mut self, _before: Option<&Self>, _at: DateTime<Utc>) {}

    /// Rules over more than one field, and over what was there before; rules of one field stand in the field list.
    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        Vec::new()
    }

    /// The amounts that are filled in, and the currency that they are in.
    fn amounts(&mut self) -> Option<(Currency, Vec<&mut Decimal>)> {
        None
    }

    /// What stands in the field that is numbered; of a record that has no number yet, nothing.
    fn number(&mut self) -> Option<&mut String> {
        None
    }

    /// The values kept encrypted at rest, by field key. Must name exactly the fields marked personal.
    fn personal(&mut self) -> Vec<(&'static str, Personal<'_>)> {
        Vec::new()
    }
}

/// A value that is encrypted at rest.
pub enum Personal<'a> {
    One(&'a mut Option<String>),
    Many(&'a mut Vec<String>),
    /// The text of a field that an administrator made.
    Value(&'a mut Value),
}

impl Personal<'_> {
    /// Changes each value by its place among them, and drops those for which this is false; whether any was dropped.
    pub fn keep(&mut self, mut change: impl FnMut(usize, &mut String) -> bool) -> bool {
        let mut place = 0;
        let mut kept = |value: &mut String| {
            place += 1;
            change(place - 1, value)
        };
        match self {
            Personal::One(value) => {
                let dropped = value.as_mut().is_some_and(|value| !kept(value));
                if dropped {
                    **value = None;
                }
                dropped
            }
            Personal::Value(value) => {
                let Value::String(text) = &mut **value else { return false };
                let dropped = !kept(text);
                if dropped {
                    **value = Value::Null;
                }
                dropped
            }
            Personal::Many(values) => {
                let before = values.len();
                values.retain_mut(kept);
                values.len() < before
            }
        }
    }

    /// Puts others in the place of all values.
    pub fn replace(&mut self, mut others: Vec<String>) {
        match self {
            Personal::One(value) => **value = others.pop(),
            Personal::Many(values) => **values = others,
            Personal::Value(value) => **value = others.pop().into(),
        }
    }

    pub fn values_mut(&mut self) -> Box<dyn Iterator<Item = &mut String> + '_> {
        match self {
            Personal::One(value) => Box::new(value.iter_mut()),
            Personal::Many(values) => Box::new(values.iter_mut()),
            Personal::Value(Value::String(text)) => Box::new(std::iter::once(text)),
            Personal::Value(_) => Box::new(std::iter::empty()),
        }
    }
}

/// The generic verbs; a resource that is not edited freely offers fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    List,
    Find,
    Create,
    Update,
    Delete,
}

/// A record as it travels: what the house keeps about it, and its data, in one flat object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Resource")]
pub struct Record<R> {
    #[serde(flatten)]
    pub stamp: Stamp,
    #[serde(flatten)]
    pub data: R,
}

/// What every record carries besides its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(diesel::Queryable, utoipa::ToSchema))]
pub struct Stamp {
    pub id: Uuid,
    /// Rises by one with every committed change.
    pub version: i64,
    #[serde(with = "crate::instant")]
    pub created_at: DateTime<Utc>,
    pub created_by: Option<Uuid>,
    #[serde(with = "crate::instant")]
    pub updated_at: DateTime<Utc>,
    pub updated_by: Option<Uuid>,
    /// The person responsible; set on create, changed by `assign`.
    pub owner_id: Option<Uuid>,
    /// The department the record belongs to, for row scopes; follows the owner.
    pub department_id: Option<Uuid>,
    /// The record's names in other systems, by system. Values are unique per system.
    #[cfg_attr(feature = "store", schema(value_type = BTreeMap<String, String>))]
    pub external_ids: ExternalIds,
    #[serde(flatten)]
    #[cfg_attr(feature = "store", schema(ignore))]
    pub seals: Seals,
    /// The values of the fields that administrators made.
    #[serde(flatten)]
    #[cfg_attr(feature = "store", schema(ignore))]
    pub custom: Custom,
}

/// How it stands with the sealed values of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "store", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "store", diesel(sql_type = diesel::sql_types::Jsonb))]
pub struct Seals {
    /// The version of the record at which a field was sealed last; kept with the row, told to nobody.
    #[serde(skip)]
    pub versions: BTreeMap<String, i64>,
    /// Fields with something in them that cannot be opened: damaged, or put there by somebody who may not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<String>,
}

/// Names of a record in other systems: system to id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "store", diesel(sql_type = diesel::sql_types::Jsonb))]
pub struct ExternalIds(pub BTreeMap<String, String>);

/// What one other system calls a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    pub system: String,
    pub id: String,
}

impl ExternalId {
    /// Longest name of a system.
    pub const LONGEST_SYSTEM: usize = 60;
    /// Longest name of a record in a system.
    pub const LONGEST_ID: usize = 200;

    /// A name in the form in which it is kept. Case matters: other systems tell records apart by it.
    pub fn of(system: &str, id: &str) -> Self {
        Self { system: fold::line(system).into_owned(), id: fold::line(id).into_owned() }
    }

    /// What is wrong with it, by member.
    pub fn faults(&self) -> Vec<Fault> {
        let members = [("system", &self.system, Self::LONGEST_SYSTEM), ("id", &self.id, Self::LONGEST_ID)];
        let fault = |(key, text, max): (&str, &String, usize)| match text {
            text if text.trim().is_empty() => Some(Fault::field(key, "required")),
            text if text.contains('\0') => Some(Fault::field(key, "nul_character")),
            text if text.contains(char::REPLACEMENT_CHARACTER) => Some(Fault::field(key, "unreadable_character")),
            text if text.chars().count() > max => Some(Fault::field(key, "too_long").with("max", max)),
            text => spreadsheet::damage(text).map(|code| Fault::field(key, code)),
        };
        members.into_iter().filter_map(fault).collect()
    }
}

#[cfg(feature = "store")]
mod store {
    use super::{ExternalIds, Seals};
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Jsonb;

    impl ToSql<Jsonb, Pg> for ExternalIds {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let value = serde_json::to_value(self)?;
            ToSql::<Jsonb, Pg>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl FromSql<Jsonb, Pg> for ExternalIds {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let value = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
            Ok(serde_json::from_value(value)?)
        }
    }

    impl ToSql<Jsonb, Pg> for Seals {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let value = serde_json::to_value(&self.versions)?;
            ToSql::<Jsonb, Pg>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl FromSql<Jsonb, Pg> for Seals {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let value = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
            Ok(Self { versions: serde_json::from_value(value)?, unreadable: Vec::new() })
        }
    }
}

/// The fields of [`Stamp`], which every resource has.
pub const STAMP_FIELDS: &[Field] = &[
    Field::new("id", Kind::Id).filterable().read_only(),
    Field::new("version", Kind::Integer).read_only(),
    Field::new("created_at", Kind::Instant).filterable().sortable().read_only(),
    Field::new("created_by", Kind::Reference("users")).filterable().read_only(),
    Field::new("updated_at", Kind::Instant).filterable().sortable().read_only(),
    Field::new("updated_by", Kind::Reference("users")).filterable().read_only(),
    Field::new("owner_id", Kind::Reference("users")).filterable().create_only(),
    Field::new("department_id", Kind::Reference("departments")).filterable().create_only(),
    Field::new("external_ids", Kind::ExternalIds).read_only(),
];

/// The nine areas of the product, which give every layer its folders, the menu its groups and OpenAPI its tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    Relations,
    Sales,
    Catalog,
    Supply,
    Finance,
    Marketing,
    Service,
    Insight,
    Platform,
}

impl Area {
    pub const fn word(self) -> &'static str {
        match self {
            Area::Relations => "relations",
            Area::Sales => "sales",
            Area::Catalog => "catalog",
            Area::Supply => "supply",
            Area::Finance => "finance",
            Area::Marketing => "marketing",
            Area::Service => "service",
            Area::Insight => "insight",
            Area::Platform => "platform",
        }
    }
}

/// A resource as a value, for loops over all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Definition {
    pub name: &'static str,
    pub table: &'static str,
    pub area: Area,
    pub fields: &'static [Field],
    /// The fields that administrators made.
    pub custom: &'static [Field],
    /// The edition of the catalogue that this stands in.
    pub edition: Edition,
    pub title: &'static str,
    /// See [`Resource::COLOUR`].
    pub colour: Option<&'static str>,
    /// See [`Resource::NEWEST`].
    pub newest: &'static str,
    pub owned: bool,
    pub beside: &'static [Field],
    pub transferred: bool,
    pub placed: bool,
    pub governed: Governed,
    pub parent: Option<Parent>,
    pub link: Option<Link>,
    /// See [`Resource::TOLD_AT`].
    pub told_at: Option<&'static str>,
    /// See [`Resource::KEY`].
    pub key: Option<&'static str>,
    pub acts: &'static [Act],
    pub state: Option<&'static str>,
    /// See [`Resource::ISSUED`].
    pub issued: &'static [&'static str],
    pub presets: &'static [Preset],
    /// See [`Resource::MERGED`].
    pub merged: bool,
    pub verbs: &'static [Verb],
}

impl Definition {
    pub const fn of<R: Resource>() -> Self {
        Self {
            name: R::NAME,
            table: R::TABLE,
            area: R::AREA,
            fields: R::FIELDS,
            custom: &[],
            edition: Edition::BUILT,
            title: R::TITLE,
            colour: R::COLOUR,
            newest: R::NEWEST,
            owned: R::OWNED,
            beside: R::BESIDE,
            transferred: R::TRANSFERRED,
            placed: R::PLACED,
            governed: R::GOVERNED,
            parent: R::PARENT,
            link: R::LINK,
            told_at: R::TOLD_AT,
            key: R::KEY,
            acts: R::ACTS,
            state: R::STATE,
            issued: R::ISSUED,
            presets: R::PRESETS,
            merged: R::MERGED,
            verbs: R::VERBS,
        }
    }

    /// The stamp's fields and the resource's own.
    pub fn all_fields(&self) -> impl Iterator<Item = &'static Field> + Clone {
        STAMP_FIELDS.iter().chain(self.own_fields())
    }

    /// The resource's own fields, whoever made them.
    pub fn own_fields(&self) -> impl Iterator<Item = &'static Field> + Clone + use<> {
        self.fields.iter().chain(self.custom)
    }

    pub fn own_field(&self, key: &str) -> Option<&'static Field> {
        self.own_fields().find(|field| field.key == key)
    }

    /// The lines of its documents, with what they hold.
    pub fn lines(&self) -> impl Iterator<Item = (&'static Field, &'static Columns)> + Clone + use<> {
        self.fields.iter().filter_map(|field| match field.kind {
            Kind::Lines(columns) => Some((field, columns)),
            _ => None,
        })
    }

    /// The fields that the words of a search are looked for in; a resource that is not searched has none.
    pub fn searched(&self) -> impl Iterator<Item = &'static Field> + Clone + use<> {
        self.fields.iter().filter(|field| field.searched)
    }

    /// The field that holds the number of a document, and the pattern that holds where nobody rules otherwise.
    pub fn numbered(&self) -> Option<(&'static Field, &'static str)> {
        self.fields.iter().find_map(|field| Some((field, field.numbered?)))
    }

    /// The fields that a role can open or close.
    pub fn governed_fields(&self) -> impl Iterator<Item = &'static Field> + Clone {
        self.all_fields().filter(|field| field.is_governed())
    }

    /// What of the stamp is worth showing before anybody asks for more.
    pub fn usual_stamp(&self) -> impl Iterator<Item = &'static Field> {
        let keys: &[&str] = match (self.owned, self.placed) {
            (true, _) => &["owner_id", "updated_at"],
            (false, true) => &["department_id", "updated_at"],
            (false, false) => &["updated_at"],
        };
        keys.iter().filter_map(|key| self.field(key))
    }

    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.all_fields().find(|field| field.key == key)
    }

    /// Whether a record that holds these values is out of the house.
    pub fn is_issued(&self, document: &Map<String, Value>) -> bool {
        let state = self.state.and_then(|key| document.get(key)?.as_str());
        state.is_some_and(|state| self.issued.contains(&state))
    }

    pub fn act(&self, noun: &str) -> Option<&'static Act> {
        self.acts.iter().find(|act| act.noun == noun)
    }

    pub fn preset(&self, word: &str) -> Option<&'static Preset> {
        self.presets.iter().find(|preset| preset.word == word)
    }

    /// The act that a tick in a list stands for, and the act that takes the tick away.
    pub fn tick(&self) -> Option<(&'static Act, &'static Act)> {
        self.acts.iter().find_map(|act| Some((act, self.act(act.unticked_by?)?)))
    }

    /// Whether an action means something for its records.
    pub fn offers(&self, action: Action) -> bool {
        self.actions().any(|offered| offered == action)
    }

    /// The actions that mean something for its records.
    pub fn actions(&self) -> impl Iterator<Item = Action> + use<> {
        let Self { verbs, placed, transferred, merged, .. } = *self;
        let mut fields = self.own_fields();
        let reveals = fields.any(|field| field.personal);
        let offers = move |verb| verbs.contains(&verb);
        let means = move |action: &Action| match action {
            Action::Read => offers(Verb::List) || offers(Verb::Find),
            Action::Export => transferred,
            Action::Create => offers(Verb::Create),
            Action::Import => transferred && offers(Verb::Create),
            Action::Update => offers(Verb::Update),
            Action::Assign => placed && offers(Verb::Update),
            Action::Delete => offers(Verb::Delete),
            Action::Reveal => reveals,
            Action::Merge => merged && offers(Verb::Update) && offers(Verb::Delete),
        };
        Action::WORDS.iter().filter_map(|word| Action::from_word(word)).filter(means)
    }
}
