//! Fields that administrators make while the house is running: what was said of them, and the values that records hold.
//!
//! On the wire such a value is a flat member `x_<key>` beside the others. In the table all of a record's lie in one column,
//! by the same names. See [`crate::platform::fields`] for how one is made.

use std::collections::BTreeMap;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::field::Field;
use crate::platform::users::Locale;
use crate::resource::{Definition, Personal};

/// What the keys of all of them begin with, so that none is ever that of a field of the program.
pub const PREFIX: &str = "x_";

/// What an administrator said of a field beyond what every field tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Chinese and English, as everything below.
    pub label: [&'static str; 2],
    pub help: [Option<&'static str>; 2],
    /// No two present records hold the same value.
    pub unique: bool,
    /// The words of its choice, if it is one.
    pub words: &'static [Word],
}

/// A word of a choice that an administrator made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    pub word: &'static str,
    pub label: [&'static str; 2],
    /// Records keep it, and nobody chooses it any more.
    pub is_retired: bool,
}

impl Made {
    pub fn label(&self, locale: Locale) -> &'static str {
        of(locale, self.label)
    }

    pub fn help(&self, locale: Locale) -> Option<&'static str> {
        of(locale, self.help)
    }

    pub fn word(&self, locale: Locale, word: &str) -> Option<&'static str> {
        self.words.iter().find(|known| known.word == word).map(|known| of(locale, known.label))
    }

    /// Whether somebody may choose a word who has not chosen it yet.
    pub fn offers(&self, word: &str) -> bool {
        self.words.iter().any(|known| known.word == word && !known.is_retired)
    }
}

fn of<T>(locale: Locale, [chinese, english]: [T; 2]) -> T {
    match locale {
        Locale::Chinese => chinese,
        Locale::English => english,
    }
}

/// The values of a record, by key. What is empty is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "store", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "store", diesel(sql_type = diesel::sql_types::Jsonb))]
pub struct Custom(pub BTreeMap<String, Value>);

/// Takes from among all members of a record those that are its own.
impl<'de> Deserialize<'de> for Custom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Custom;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the members of a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Custom, A::Error> {
                let mut custom = Custom::default();
                while let Some(key) = map.next_key::<String>()? {
                    if is_key(&key) {
                        custom.set(key, map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(custom)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// Whether a member is a value of a field that an administrator made, or would be if there were one.
pub fn is_key(key: &str) -> bool {
    key.starts_with(PREFIX)
}

impl Custom {
    /// Takes the members that are values of such fields out of a document.
    pub fn taken_from(document: &mut Map<String, Value>) -> Self {
        let mut custom = Self::default();
        document.retain(|key, value| {
            let own = is_key(key);
            if own {
                custom.set(key.clone(), value.take());
            }
            !own
        });
        custom
    }

    pub fn set(&mut self, key: String, value: Value) {
        match value {
            Value::Null => drop(self.0.remove(&key)),
            Value::Array(items) if items.is_empty() => drop(self.0.remove(&key)),
            value => drop(self.0.insert(key, value)),
        }
    }

    /// Leaves out the values of fields that are not in use. They stay where they are kept.
    pub fn show(&mut self, definition: &Definition) {
        self.0.retain(|key, _| definition.custom.iter().any(|field| field.key == key));
    }

    /// The values kept encrypted at rest, by field key.
    pub fn personal(&mut self, definition: &Definition) -> Vec<(&'static str, Personal<'_>)> {
        let sealed = |key: &str| definition.custom.iter().find(|field| field.personal && field.key == key);
        self.0.iter_mut().filter_map(|(key, value)| Some((sealed(key)?.key, Personal::Value(value)))).collect()
    }
}

/// The field of this key among those that administrators made.
pub fn field(definition: &Definition, key: &str) -> Option<&'static Field> {
    definition.custom.iter().find(|field| field.key == key)
}

#[cfg(feature = "store")]
mod store {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Jsonb;

    use super::Custom;

    impl ToSql<Jsonb, Pg> for Custom {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let value = serde_json::to_value(&self.0)?;
            ToSql::<Jsonb, Pg>::to_sql(&value, &mut out.reborrow())
        }
    }

    impl FromSql<Jsonb, Pg> for Custom {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let value = <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(value)?;
            Ok(Self(serde_json::from_value(value)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::relations::Customer;
    use crate::resource::Record;

    #[test]
    fn values_stand_beside_the_members_of_the_program_and_come_back() {
        let sent = json!({
            "id": uuid::Uuid::max(), "version": 1, "created_at": "2026-01-05T01:02:03Z", "created_by": null,
            "updated_at": "2026-01-05T01:02:03Z", "updated_by": null, "owner_id": null, "department_id": null,
            "external_ids": {}, "name": "华信", "x_grade": "a",
        });
        let record: Record<Customer> = serde_json::from_value(sent).expect("a record");
        assert_eq!(record.stamp.custom.0, [("x_grade".to_owned(), json!("a"))].into());
        let document = serde_json::to_value(&record).expect("a document");
        assert_eq!((&document["x_grade"], &document["name"]), (&json!("a"), &json!("华信")));
    }

    #[test]
    fn what_is_empty_is_not_kept() {
        let mut document = json!({"x_a": null, "x_b": [], "x_c": 0, "name": null});
        let document = document.as_object_mut().expect("an object");
        assert_eq!(Custom::taken_from(document).0, [("x_c".to_owned(), json!(0))].into());
        assert_eq!(document.keys().collect::<Vec<_>>(), ["name"]);
    }
}
