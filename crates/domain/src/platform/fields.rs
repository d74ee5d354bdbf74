//! A field that an administrator makes: declared as a record, so that it has a list, a form, a history and rights like
//! everything else. From the next edition of the catalogue on it is a field like those of the program.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::act::Act;
use crate::catalogue::{self, NAMES};
use crate::check;
use crate::choice;
use crate::custom::{self, Made, Word};
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::lines::{Columns, Lines};
use crate::resource::{Area, Resource, Verb};

pub type CustomFieldId = Id<CustomField>;

choice! {
    /// What such a field can hold.
    pub enum CustomKind {
        Text = "text",
        LongText = "long_text",
        Integer = "integer",
        Decimal = "decimal",
        Amount = "amount",
        Percent = "percent",
        Bool = "bool",
        Date = "date",
        Instant = "instant",
        Choice = "choice",
        Choices = "choices",
        Phone = "phone",
        Email = "email",
        Url = "url",
        Reference = "reference",
    }
}

choice! {
    pub enum CustomFieldStatus { Active = "active", Retired = "retired" }
}

/// A word of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct ChoiceLine {
    pub id: Uuid,
    /// What records hold; made of the label where nothing is said. It stays when the label changes.
    pub word: Option<String>,
    pub label: String,
    pub label_en: Option<String>,
    /// Records keep it, and nobody chooses it any more.
    pub is_retired: bool,
}

impl Default for ChoiceLine {
    fn default() -> Self {
        Self { id: Uuid::nil(), word: None, label: String::new(), label_en: None, is_retired: false }
    }
}

/// The kinds whose values can be told apart for certain.
const CAN_BE_UNIQUE: &[&str] = &["text", "integer", "url"];
/// The kinds whose values can be kept encrypted.
const CAN_BE_SEALED: &[&str] = &["text", "long_text", "phone", "email", "url"];
/// The kinds of which several records may begin with the same value.
const HAVE_DEFAULTS: &[&str] =
    &["text", "long_text", "integer", "decimal", "amount", "percent", "bool", "date", "instant", "choice", "url"];
const HAVE_RANGES: &[&str] = &["integer", "decimal", "amount", "percent"];

const CHOICES: Columns = Columns {
    spread: None,
    fields: &[
        Field::new("label", Kind::Text).required().max(60),
        Field::new("label_en", Kind::Text).max(60),
        Field::new("word", Kind::Text).max(60),
        Field::new("is_retired", Kind::Bool).default("false"),
    ],
    fills: &[],
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::fields, treat_none_as_null = true))]
pub struct CustomField {
    pub label: String,
    pub label_en: Option<String>,
    /// The resource whose records have it.
    pub resource: String,
    pub kind: CustomKind,
    /// The member of records that holds it; made of the label where nothing is said.
    pub key: Option<String>,
    /// The resource whose records it names.
    pub refers_to: Option<String>,
    #[cfg_attr(feature = "store", schema(value_type = Vec<ChoiceLine>))]
    pub choices: Lines<ChoiceLine>,
    pub help: Option<String>,
    pub help_en: Option<String>,
    pub is_required: bool,
    pub default_value: Option<String>,
    pub least: Option<i64>,
    pub greatest: Option<i64>,
    pub is_unique: bool,
    pub is_personal: bool,
    pub is_filterable: bool,
    pub is_listed: bool,
    pub is_quick: bool,
    /// The heading under which it stands on forms and records.
    pub section: Option<String>,
    pub position: i64,
    pub status: CustomFieldStatus,
}

impl Default for CustomField {
    fn default() -> Self {
        Self {
            label: String::new(),
            label_en: None,
            resource: String::new(),
            kind: CustomKind::Text,
            key: None,
            refers_to: None,
            choices: Lines::default(),
            help: None,
            help_en: None,
            is_required: false,
            default_value: None,
            least: None,
            greatest: None,
            is_unique: false,
            is_personal: false,
            is_filterable: true,
            is_listed: false,
            is_quick: false,
            section: None,
            position: 0,
            status: CustomFieldStatus::Active,
        }
    }
}

impl Resource for CustomField {
    const NAME: &'static str = "fields";
    const AREA: Area = Area::Platform;
    const TITLE: &'static str = "label";
    const OWNED: bool = false;
    const STATE: Option<&'static str> = Some("status");
    /// One that is retired keeps its values; none is deleted, so that what the log tells stays readable.
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Find, Verb::Create, Verb::Update];
    const ACTS: &'static [Act] = &[
        Act::new("retirement").from(&["active"]).to("retired"),
        Act::new("reinstatement").from(&["retired"]).to("active"),
    ];
    const FIELDS: &'static [Field] = &[
        Field::new("label", Kind::Text).searched().required().max(60).filterable().sortable().listed().quick(),
        Field::new("label_en", Kind::Text).max(60).filterable().listed().quick(),
        Field::new("resource", Kind::Choice(NAMES)).required().create_only().filterable().sortable().listed().quick(),
        Field::new("kind", Kind::Choice(CustomKind::WORDS))
            .required()
            .default("text")
            .create_only()
            .filterable()
            .listed()
            .quick(),
        Field::new("refers_to", Kind::Choice(NAMES))
            .required_when("kind", &["reference"])
            .create_only()
            .filterable()
            .quick(),
        Field::new("choices", Kind::Lines(&CHOICES)).required_when("kind", &["choice", "choices"]).group("choices"),
        Field::new("key", Kind::Text).max(42).create_only().filterable().listed(),
        Field::new("help", Kind::Text).max(300),
        Field::new("help_en", Kind::Text).max(300),
        Field::new("is_required", Kind::Bool).required().default("false").filterable().listed().group("rules").quick(),
        Field::new("is_unique", Kind::Bool)
            .required()
            .default("false")
            .only_when("kind", CAN_BE_UNIQUE)
            .create_only()
            .group("rules"),
        Field::new("is_personal", Kind::Bool)
            .required()
            .default("false")
            .only_when("kind", CAN_BE_SEALED)
            .create_only()
            .filterable()
            .group("rules"),
        Field::new("default_value", Kind::Text).only_when("kind", HAVE_DEFAULTS).group("rules"),
        Field::new("least", Kind::Integer).only_when("kind", HAVE_RANGES).group("rules"),
        Field::new("greatest", Kind::Integer).only_when("kind", HAVE_RANGES).group("rules"),
        Field::new("is_filterable", Kind::Bool).required().default("true").filterable().group("places"),
        Field::new("is_listed", Kind::Bool).required().default("false").filterable().group("places"),
        Field::new("is_quick", Kind::Bool).required().default("false").group("places"),
        Field::new("section", Kind::Text).max(60).group("places"),
        Field::new("position", Kind::Integer)
            .required()
            .default("0")
            .range(0, 10_000)
            .filterable()
            .sortable()
            .group("places"),
        Field::new("status", Kind::Choice(CustomFieldStatus::WORDS))
            .required()
            .default("active")
            .create_only()
            .filterable()
            .listed()
            .group("places"),
    ];

    fn title(&self) -> &str {
        &self.label
    }

    /// Where people can be reached is theirs.
    fn follow(&mut self, _before: Option<&Self>, _at: DateTime<Utc>) {
        self.is_personal |= matches!(self.kind, CustomKind::Phone | CustomKind::Email);
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let fault = |key: &str, code: &str| Fault::field(key, code);
        let mut faults = Vec::new();
        if !self.key.as_deref().is_none_or(is_well_formed) {
            faults.push(fault("key", "not_a_key"));
        }
        let mut words: Vec<&str> = self.choices.iter().filter_map(|line| line.word.as_deref()).collect();
        words.sort_unstable();
        if words.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(fault("choices", "repeated"));
        }
        if self.kind == CustomKind::Amount && !has_currency(&self.resource) {
            faults.push(fault("kind", "no_currency"));
        }
        if self.is_unique && self.is_personal {
            faults.push(fault("is_unique", "not_if_personal"));
        }
        if self.least.zip(self.greatest).is_some_and(|(least, greatest)| least > greatest) {
            faults.push(fault("greatest", "not_between"));
        }
        if let Some(default) = &self.default_value
            && faults.is_empty()
        {
            faults.extend(self.faults_of_default(default));
        }
        faults
    }
}

impl CustomField {
    fn faults_of_default(&self, default: &str) -> Option<Fault> {
        if self.is_personal {
            return Some(Fault::field("default_value", "not_if_personal"));
        }
        let field = Field { default: Some(leaked(default)), ..self.declared() };
        let value = field.default_value().unwrap_or(Value::Null);
        let fault = check::field_faults(&field, &value).pop()?;
        Some(Fault { pointer: "/default_value".to_owned(), ..fault })
    }

    /// The field that it makes, for an edition of the catalogue: everything said of it lives as long as that does.
    pub fn declared(&self) -> Field {
        let english = |label: &Option<String>, chinese: &str| leaked(label.as_deref().unwrap_or(chinese));
        let words: Vec<Word> = self
            .choices
            .iter()
            .filter_map(|line| {
                let label = [leaked(&line.label), english(&line.label_en, &line.label)];
                Some(Word { word: leaked(line.word.as_deref()?), label, is_retired: line.is_retired })
            })
            .collect();
        let words: &'static [Word] = words.leak();
        let made = Made {
            label: [leaked(&self.label), english(&self.label_en, &self.label)],
            help: [self.help.as_deref(), self.help_en.as_deref().or(self.help.as_deref())].map(|help| help.map(leaked)),
            unique: self.is_unique,
            words,
        };
        let kind = self.kind(words.iter().map(|word| word.word).collect::<Vec<_>>().leak());
        let is_sortable = !self.is_personal && !kind.is_many() && !matches!(self.kind, CustomKind::LongText);
        Field {
            required: self.is_required,
            personal: self.is_personal,
            filterable: self.is_filterable,
            sortable: is_sortable && self.is_filterable,
            listed: self.is_listed,
            quick: self.is_quick || self.is_required,
            group: self.section.as_deref().map_or("more", leaked),
            default: self.default_value.as_deref().map(leaked),
            range: self.range(),
            made: Some(Box::leak(Box::new(made))),
            ..Field::new(leaked(self.key.as_deref().unwrap_or_default()), kind)
        }
    }

    fn kind(&self, words: &'static [&'static str]) -> Kind {
        match self.kind {
            CustomKind::Text => Kind::Text,
            CustomKind::LongText => Kind::LongText,
            CustomKind::Integer => Kind::Integer,
            CustomKind::Decimal => Kind::Decimal,
            CustomKind::Amount => Kind::Amount,
            CustomKind::Percent => Kind::Percent,
            CustomKind::Bool => Kind::Bool,
            CustomKind::Date => Kind::Date,
            CustomKind::Instant => Kind::Instant,
            CustomKind::Choice => Kind::Choice(words),
            CustomKind::Choices => Kind::Choices(words),
            CustomKind::Phone => Kind::Phone,
            CustomKind::Email => Kind::Email,
            CustomKind::Url => Kind::Url,
            CustomKind::Reference => Kind::Reference(self.refers_to.as_deref().map_or("", leaked)),
        }
    }

    /// Its ends; where one of them is open, the other end of what counts as reasonable.
    fn range(&self) -> Option<(i64, i64)> {
        let most = 10_i64.pow(crate::money::DIGITS) - 1;
        let said = self.least.is_some() || self.greatest.is_some();
        said.then(|| (self.least.unwrap_or(-most), self.greatest.unwrap_or(most)))
    }
}

/// An edition of the catalogue lives as long as the process, and with it the words it is made of.
fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// `x_` and lower-case ASCII letters, digits and lines between them.
fn is_well_formed(key: &str) -> bool {
    let rest = key.strip_prefix(custom::PREFIX).unwrap_or_default();
    rest.starts_with(|letter: char| letter.is_ascii_lowercase())
        && rest.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

fn has_currency(resource: &str) -> bool {
    catalogue::find(resource).is_some_and(|of| of.field("currency").is_some())
}
