//! Cells: text in a file, values in the house, and the guard that keeps a spreadsheet from running a text.

use serde_json::{Map, Value};

use crate::field::{Field, Kind};
use crate::messages;
use crate::platform::users::Locale;
use crate::text::{days, fold, items};

/// What stands between the items of a list.
const BETWEEN: &str = "; ";

/// The value that a cell means. Unreadable text stays text, so that the field check can say what is wrong with it.
pub fn value_of(resource: &str, field: &Field, cell: &str) -> Value {
    let cell = unguarded(cell).trim();
    match field.kind {
        _ if cell.is_empty() => Value::Null,
        Kind::Choices(words) => {
            items(cell).map(|item| Value::String(word_of(resource, field, words, &fold::line(item)))).collect()
        }
        Kind::References(_) => items(cell).map(|item| Value::from(fold::line(item))).collect(),
        kind if kind.is_many() => items(cell).map(Value::from).collect(),
        Kind::Choice(words) => Value::String(word_of(resource, field, words, &fold::line(cell))),
        Kind::Bool => truth(&fold::line(cell)).map_or_else(|| cell.into(), Value::Bool),
        Kind::Integer => fold::narrow(cell).replace(',', "").parse::<i64>().map_or_else(|_| cell.into(), Value::from),
        // Of a hundred people write the sign, too, and before an amount that of its currency.
        Kind::Percent | Kind::Decimal => number(cell).trim_end_matches('%').trim_end().into(),
        Kind::Amount => number(cell).trim_start_matches(CURRENCIES).trim_start().into(),
        // What other records are called is a name, whatever is kept.
        Kind::Reference(_) => fold::line(cell).into_owned().into(),
        Kind::Date => days::read(&fold::narrow(cell)).into(),
        _ => cell.into(),
    }
}

/// Signs of currencies, which the currency's own field tells.
const CURRENCIES: [char; 6] = ['¥', '￥', '$', '€', '£', '元'];

/// A number without what parts its thousands.
fn number(cell: &str) -> String {
    fold::narrow(cell).replace(',', "")
}

fn items(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(items::SEPARATORS).map(str::trim).filter(|item| !item.is_empty())
}

/// The word of a choice, written as itself or as its label in one of our languages.
fn word_of(resource: &str, field: &Field, words: &[&str], cell: &str) -> String {
    let label = |word: &str, locale| messages::choice_label(locale, resource, field, word);
    let means = |word: &&&str| {
        let labels = [Locale::Chinese, Locale::English].map(|locale| label(word, locale).unwrap_or_default());
        word.eq_ignore_ascii_case(cell) || labels.iter().any(|label| label.eq_ignore_ascii_case(cell))
    };
    words.iter().find(means).map_or_else(|| cell.to_owned(), |word| (*word).to_owned())
}

fn truth(cell: &str) -> Option<bool> {
    match cell.to_lowercase().as_str() {
        "是" | "有" | "对" | "true" | "yes" | "y" | "1" => Some(true),
        "否" | "无" | "不" | "false" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

/// The cell that says a value; choices by their label, so that people can read them.
pub fn cell_of(resource: &str, field: &Field, value: &Value, locale: Locale) -> String {
    match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Choice(_), Value::String(word)) => {
            messages::choice_label(locale, resource, field, word).unwrap_or(word).to_owned()
        }
        (Kind::Choices(_), Value::Array(words)) => {
            let label = |word: &str| messages::choice_label(locale, resource, field, word).unwrap_or(word).to_owned();
            let labels: Vec<_> = words.iter().filter_map(Value::as_str).map(label).collect();
            guarded(&labels.join(BETWEEN))
        }
        (_, Value::String(text)) => guarded(text),
        (_, Value::Bool(true)) => if locale == Locale::Chinese { "是" } else { "yes" }.to_owned(),
        (_, Value::Bool(false)) => if locale == Locale::Chinese { "否" } else { "no" }.to_owned(),
        (_, Value::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            guarded(&items.join(BETWEEN))
        }
        (_, value) => value.to_string(),
    }
}

/// Signs with which a spreadsheet begins to calculate, and their full-width forms.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Puts a `'` before a text that a spreadsheet would take for a formula, and before one that looks as if we had.
pub fn guarded(text: &str) -> String {
    if text.trim_start_matches('\'').starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// Takes away exactly what `guarded` put there.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if text.trim_start_matches('\'').starts_with(FORMULA) => text,
        _ => cell,
    }
}

/// Masks the personal values of a change, for lists that more people read than the record.
pub fn masked<'a>(fields: impl Iterator<Item = &'a Field>, changed: &mut Map<String, Value>) {
    for field in fields.filter(|field| field.personal) {
        if let Some(Value::Array(pair)) = changed.get_mut(field.key) {
            pair.iter_mut().for_each(|value| *value = crate::masking::mask_value(field.kind, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::relations::{Contact, Customer};
    use crate::resource::Resource;

    fn value(key: &str, cell: &str) -> Value {
        let fields = Customer::FIELDS.iter().chain(Contact::FIELDS);
        let field = fields.clone().find(|field| field.key == key).expect("a field");
        value_of(Customer::NAME, field, cell)
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        assert_eq!(value("level", "A 级"), json!("a"));
        assert_eq!(value("status", "Potential"), json!("potential"));
        assert_eq!(value("phones", "13812345678；0755-1234567"), json!(["13812345678", "0755-1234567"]));
        assert_eq!(value("next_contact_on", "2026年1月5日"), json!("2026-01-05"));
        assert_eq!(value("next_contact_on", "2026/11/21 0:00"), json!("2026-11-21"));
        assert_eq!(value("next_contact_on", "２０２６．１．５"), json!("2026-01-05"));
        assert_eq!(value("is_primary", "是"), json!(true));
        assert_eq!(value("level", "excellent"), json!("excellent"), "the field check says what is wrong");
        assert_eq!(value("city", "  "), Value::Null);
        let number = |kind, cell: &str| value_of("orders", &Field::new("x", kind), cell);
        assert_eq!(number(Kind::Amount, "￥1,200.50"), json!("1200.50"));
        assert_eq!(number(Kind::Decimal, "13%"), json!("13"));
    }

    proptest! {
        #[test]
        fn the_guard_comes_off_as_it_was_put_on(text in "['=+@\\-＝a中\t]{0,6}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), text.as_str());
            prop_assert!(!cell.starts_with(FORMULA));
        }
    }
}
