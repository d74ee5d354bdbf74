//! What makes two records the same: a telephone number, an address, a code, the name of a company.
//!
//! Only records of resources that can be merged are compared, see [`Resource::MERGED`](crate::resource::Resource::MERGED).
//! Which likeness of which resource is worth a word or stands in the way is a row that an administrator edits, see
//! [`crate::relations::DuplicateRule`]; here is what of a record is compared at all.

use crate::choice;
use crate::field::{Field, Kind};
use crate::resource::Definition;

choice! {
    /// By what two records are alike.
    pub enum Likeness {
        Name = "name",
        Phone = "phone",
        Email = "email",
        IdNumber = "id_number",
        CreditCode = "credit_code",
    }
}

choice! {
    /// What is done about it.
    pub enum Strength {
        Off = "off",
        /// Whoever writes the record is told.
        Warn = "warn",
        /// The record is not written.
        Refuse = "refuse",
    }
}

/// Most records that are put together at once, the one that stays included.
pub const MOST_MERGED: usize = 5;

impl Likeness {
    /// By what records are alike that hold the same in a field.
    pub fn of(field: &Field) -> Option<Self> {
        match field.kind {
            _ if field.is_custom() => None,
            Kind::Phones => Some(Self::Phone),
            Kind::Emails => Some(Self::Email),
            Kind::IdNumber => Some(Self::IdNumber),
            Kind::CreditCode => Some(Self::CreditCode),
            _ if field.alike => Some(Self::Name),
            _ => None,
        }
    }
}

/// The fields of a resource in which one looks for a likeness.
pub fn places(of: &'static Definition, by: Likeness) -> impl Iterator<Item = &'static Field> {
    of.fields.iter().filter(move |field| Likeness::of(field) == Some(by))
}

#[cfg(feature = "store")]
pub use self::said::{Said, said};

#[cfg(feature = "store")]
mod said {
    //! What of a record is compared, and how it is written then.

    use serde_json::{Map, Value};

    use super::Likeness;
    use crate::check;
    use crate::field::{Field, Kind};
    use crate::resource::Definition;
    use crate::text::{company, phone};

    /// Fewest characters of a name that is compared.
    const SHORTEST_NAME: usize = 2;
    /// Fewest digits of a number that is one line's and no extension.
    const SHORTEST_NUMBER: usize = 7;

    /// Most characters of a value that is looked at.
    const LONGEST: usize = 300;

    impl Likeness {
        /// What of a value is compared; nothing of one that is not yet typed to its end.
        fn key(self, kind: Kind, value: &str) -> Option<String> {
            let kept = check::normalise_text(kind, value);
            match self {
                Self::Name => Some(company::core(&kept)).filter(|core| core.chars().count() >= SHORTEST_NAME),
                Self::Phone => {
                    phone::number(&kept).filter(|digits| phone::is_phone(&kept) && digits.len() >= SHORTEST_NUMBER)
                }
                Self::Email => Some(kept).filter(|address| address.contains('@') && address.contains('.')),
                Self::IdNumber | Self::CreditCode => Some(kept).filter(|code| code.chars().count() == 18),
            }
        }
    }

    /// A value of a record by which it may be another.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Said {
        pub by: Likeness,
        pub field: &'static Field,
        /// Where it stands in the record.
        pub pointer: String,
        pub key: String,
    }

    /// Everything of a record, or of a draft of one, that is compared.
    pub fn said(of: &Definition, record: &Map<String, Value>) -> Vec<Said> {
        let mut all: Vec<Said> = Vec::new();
        for field in of.fields {
            let Some(by) = Likeness::of(field) else { continue };
            let values = match record.get(field.key) {
                Some(Value::String(text)) => vec![(format!("/{}", field.key), text)],
                Some(Value::Array(values)) => {
                    let texts = values.iter().enumerate().filter_map(|(place, value)| match value {
                        Value::String(text) => Some((format!("/{}/{place}", field.key), text)),
                        _ => None,
                    });
                    texts.take(field.kind.most()).collect()
                }
                _ => continue,
            };
            for (pointer, text) in values.into_iter().filter(|(_, text)| text.chars().count() <= LONGEST) {
                let Some(key) = by.key(field.kind, text) else { continue };
                if !all.iter().any(|known| known.by == by && known.key == key) {
                    all.push(Said { by, field, pointer, key });
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::relations::Customer;

    #[test]
    fn a_record_is_compared_by_what_is_typed_to_its_end() {
        let draft = json!({
            "name": "深圳市华信科技有限公司", "phones": ["+86 138 0000 5678", "1380", "021-58881234转801"],
            "emails": ["Li@Example.com", "li@"], "credit_code": "9135", "notes": "13800005678", "fax": "021-58881234",
        });
        let said = said(&Definition::of::<Customer>(), draft.as_object().expect("an object"));
        let told: Vec<_> = said.iter().map(|said| (said.by.word(), &*said.pointer, &*said.key)).collect();
        let expected = [
            ("name", "/name", "深圳华信科技"),
            ("phone", "/phones/0", "13800005678"),
            ("phone", "/phones/2", "02158881234"),
            ("email", "/emails/0", "li@example.com"),
        ];
        assert_eq!(told, expected);
    }
}
