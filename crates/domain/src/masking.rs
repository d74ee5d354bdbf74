//! How a personal value looks to someone who may know that it is there, but not what it is.

use serde_json::Value;

use crate::field::Kind;

/// The sign by which a masked value is known: nobody may write it back.
pub const MARK: &str = "****";

pub fn mask(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Email | Kind::Emails => email(text),
        Kind::Phone | Kind::Phones => keep(text, 3, 4),
        Kind::IdNumber => keep(text, 1, 1),
        _ => keep(text, 1, 0),
    }
}

/// Masks a value or each of a list; what is empty stays empty.
pub fn mask_value(kind: Kind, value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(mask(kind, text)),
        Value::Array(items) => Value::Array(items.iter().map(|item| mask_value(kind, item)).collect()),
        Value::Object(names) => names.iter().map(|(key, name)| (key.clone(), mask_value(kind, name))).collect(),
        Value::Null => Value::Null,
        _ => Value::String(MARK.to_owned()),
    }
}

fn email(text: &str) -> String {
    let (name, domain) = text.split_once('@').unwrap_or((text, ""));
    let shown: String = name.chars().take(name.chars().count().saturating_sub(1).min(2)).collect();
    format!("{shown}{MARK}@{domain}")
}

/// Keeps the ends, and never more than two thirds of the whole.
fn keep(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < ((head + tail) * 3).div_ceil(2) {
        return MARK.to_owned();
    }
    let head: String = chars[..head].iter().collect();
    let tail: String = chars[chars.len() - tail..].iter().collect();
    format!("{head}{MARK}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_stay_readable_and_the_middle_goes() {
        assert_eq!(mask(Kind::Phones, "13812345678"), "138****5678");
        assert_eq!(mask(Kind::Emails, "wangxm@x.com"), "wa****@x.com");
        assert_eq!(mask(Kind::IdNumber, "11010519491231002X"), "1****X");
        assert_eq!(mask(Kind::Phones, "12345"), "****");
        assert_eq!(
            mask_value(Kind::Phones, &serde_json::json!(["13812345678", null])),
            serde_json::json!(["138****5678", null])
        );
    }
}
