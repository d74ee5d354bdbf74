//! The field: one member of a resource, as data.
//!
//! Lists, filters, sorts, forms, import, export, masking and `GET /api/v1/meta/{resource}` all read this.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::custom::Made;
use crate::lines::Columns;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The JSON member, the column and the last part of the message key `field.<resource>.<key>`.
    pub key: &'static str,
    #[serde(flatten)]
    pub kind: Kind,
    pub required: bool,
    /// Longest allowed text in characters; for lists, of each item.
    pub max: usize,
    /// Encrypted at rest, masked unless the caller's rights say otherwise.
    pub personal: bool,
    pub filterable: bool,
    pub sortable: bool,
    pub access: Access,
    /// Shown in a list unless the viewer chose other columns.
    pub listed: bool,
    /// Asked for by the quick-create form.
    pub quick: bool,
    /// The group it stands in on forms and record pages: message key `group.<group>`.
    pub group: &'static str,
    pub several: bool,
    /// What a new record holds where nothing is said, written as in a file.
    pub default: Option<&'static str>,
    /// The least and the greatest number.
    pub range: Option<(i64, i64)>,
    /// Whether adding it up over records says something, as it does of orders and not of prices. Lists show the sum.
    pub summed: bool,
    /// Whether words are looked for in it by a search over the resource. Who may not read it finds nothing by words, so only
    /// texts that all readers of a resource see are searched.
    pub searched: bool,
    /// The pattern of the number that a new record gets; see [`crate::numbering`].
    pub numbered: Option<&'static str>,
    /// Of which records it says anything; of all, where nothing stands here.
    pub only_when: Option<Case>,
    /// What an administrator said of it who made it; nothing of fields that are part of the program.
    #[serde(skip)]
    pub made: Option<&'static Made>,
    /// Whether it is the name of a company, by which two records may be one; see [`crate::duplicates`].
    #[serde(skip)]
    pub alike: bool,
}

/// Those records whose choice in another field is one of some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    pub field: &'static str,
    pub words: &'static [&'static str],
    /// Whether each of them has to say it.
    pub required: bool,
}

impl Case {
    pub fn holds(&self, document: &Map<String, Value>) -> bool {
        let said = document.get(self.field).and_then(Value::as_str);
        said.is_some_and(|said| self.words.contains(&said))
    }
}

/// What a field holds; decides its editor, its filter operators, its column and its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum Kind {
    Id,
    Text,
    LongText,
    Url,
    /// Unified social credit code: 18 characters with a check digit.
    CreditCode,
    /// Resident identity number: 18 characters with a check digit.
    IdNumber,
    Phone,
    Phones,
    Email,
    Emails,
    Integer,
    Decimal,
    /// Money, in the currency that the record's field `currency` names.
    Amount,
    /// A decimal of which a hundred is the whole.
    Percent,
    Bool,
    Date,
    Instant,
    /// One word out of a closed set; labels at `choice.<resource>.<field>.<word>`.
    Choice(&'static [&'static str]),
    /// Any number of words out of a closed set.
    Choices(&'static [&'static str]),
    /// The id of a record of the named resource.
    Reference(&'static str),
    /// The ids of any number of records of the named resource, each once and in the order of the ids.
    References(&'static str),
    /// The lines of a document.
    Lines(&'static Columns),
    ExternalIds,
}

impl Kind {
    /// Holds a number that can be added up.
    pub const fn is_number(self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent)
    }

    /// Holds several values in an array.
    pub const fn is_many(self) -> bool {
        matches!(self, Kind::Phones | Kind::Emails | Kind::Choices(_) | Kind::References(_))
    }

    /// Most values of one that holds several.
    pub const fn most(self) -> usize {
        if matches!(self, Kind::References(_)) { 50 } else { 20 }
    }

    /// The resource whose records it names.
    pub const fn referred(self) -> Option<&'static str> {
        match self {
            Kind::Reference(to) | Kind::References(to) => Some(to),
            _ => None,
        }
    }

    /// Fits into one cell of a file, or one column of a list.
    pub const fn is_one_cell(self) -> bool {
        !matches!(self, Kind::Lines(_) | Kind::ExternalIds)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    ReadOnly,
    /// Given when the record is made, later changed by an action of its own.
    CreateOnly,
    Writable,
}

impl Field {
    pub const fn new(key: &'static str, kind: Kind) -> Self {
        let max = match kind {
            Kind::LongText => 10_000,
            Kind::CreditCode | Kind::IdNumber => 18,
            Kind::Phone | Kind::Phones => 40,
            Kind::Email | Kind::Emails => 254,
            Kind::Url => 2_000,
            _ => 200,
        };
        Self {
            key,
            kind,
            required: false,
            max,
            personal: false,
            filterable: false,
            sortable: false,
            access: Access::Writable,
            listed: false,
            quick: false,
            group: "basic",
            several: false,
            default: None,
            range: None,
            summed: false,
            searched: false,
            numbered: None,
            only_when: None,
            made: None,
            alike: false,
        }
    }

    /// The name of a company, by which two records may be one.
    pub const fn alike(self) -> Self {
        Self { alike: true, ..self }
    }

    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    pub const fn range(self, least: i64, greatest: i64) -> Self {
        Self { range: Some((least, greatest)), ..self }
    }

    pub const fn summed(self) -> Self {
        Self { summed: true, ..self }
    }

    pub const fn searched(self) -> Self {
        Self { searched: true, ..self }
    }

    /// The number of a document, given when it is made, unless a file or another system brings one.
    pub const fn numbered(self, pattern: &'static str) -> Self {
        Self { numbered: Some(pattern), required: true, access: Access::CreateOnly, ..self }
    }

    /// Says something only of records whose choice in `field` is one of `words`; elsewhere it is empty, and not asked for.
    pub const fn only_when(self, field: &'static str, words: &'static [&'static str]) -> Self {
        Self { only_when: Some(Case { field, words, required: false }), ..self }
    }

    /// The same, and there it has to be said.
    pub const fn required_when(self, field: &'static str, words: &'static [&'static str]) -> Self {
        Self { only_when: Some(Case { field, words, required: true }), ..self }
    }

    pub const fn max(self, max: usize) -> Self {
        Self { max, ..self }
    }

    pub const fn personal(self) -> Self {
        Self { personal: true, ..self }
    }

    pub const fn filterable(self) -> Self {
        Self { filterable: true, ..self }
    }

    pub const fn sortable(self) -> Self {
        Self { sortable: true, ..self }
    }

    pub const fn read_only(self) -> Self {
        Self { access: Access::ReadOnly, ..self }
    }

    pub const fn create_only(self) -> Self {
        Self { access: Access::CreateOnly, ..self }
    }

    pub const fn listed(self) -> Self {
        Self { listed: true, ..self }
    }

    pub const fn quick(self) -> Self {
        Self { quick: true, ..self }
    }

    /// A reference to any number of records, see [`crate::resource::Resource::BESIDE`].
    pub const fn several(self) -> Self {
        Self { several: true, ..self }
    }

    pub const fn group(self, group: &'static str) -> Self {
        Self { group, ..self }
    }

    /// The member that embeds what it names: `owner` of `owner_id`, `tags` of `tag_ids`.
    pub fn embedded(&self) -> Option<String> {
        match self.kind {
            Kind::Reference(_) => Some(self.key.strip_suffix("_id").unwrap_or(self.key).to_owned()),
            Kind::References(_) => Some(format!("{}s", self.key.strip_suffix("_ids")?)),
            _ => None,
        }
    }

    /// Whether an administrator made it, and not the program.
    pub const fn is_custom(&self) -> bool {
        self.made.is_some()
    }

    /// The default as it stands in a document.
    pub fn default_value(&self) -> Option<Value> {
        let text = self.default?;
        Some(match self.kind {
            Kind::Bool => Value::Bool(text == "true"),
            Kind::Integer => text.parse::<i64>().ok()?.into(),
            _ => text.into(),
        })
    }

    /// Whether somebody who makes a record has to say it.
    pub fn is_asked_of_new(&self) -> bool {
        self.required && self.default.is_none() && self.numbered.is_none()
    }

    /// Whether a record that holds these values has to say it.
    pub fn is_required_of(&self, document: &Map<String, Value>) -> bool {
        (self.required && self.numbered.is_none())
            || self.only_when.is_some_and(|case| case.required && case.holds(document))
    }

    /// Whether it says anything of a record that holds these values.
    pub fn applies(&self, document: &Map<String, Value>) -> bool {
        self.only_when.is_none_or(|case| case.holds(document))
    }

    /// Whether a role can open or close it. Whoever sees a record knows its address and its version, and both tell when
    /// it was made and changed: a right to these could be saved, but would do nothing.
    pub fn is_governed(&self) -> bool {
        !matches!(self.key, "id" | "version" | "created_at" | "updated_at")
    }
}
