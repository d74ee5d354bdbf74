//! A filter in words: one chip for each condition at its top, nested groups as one.

use domain::filter::{Comparison, Op, paths, words as texts};
use domain::{Definition, Filter, Kind};
use leptos::prelude::*;
use serde_json::Value;

use super::rule::{plain, takes_several};
use crate::resource::{labels, names};
use crate::t;
use crate::ui::Chip;

/// The chips of a filter; the key of each is its place.
pub fn chips(definition: &'static Definition, filter: &Filter) -> Vec<Chip> {
    let parts = top(filter);
    parts.iter().enumerate().map(|(at, part)| chip(definition, at, part)).collect()
}

/// The filter without its part at a place.
pub fn without(filter: Filter, place: usize) -> Filter {
    let mut parts = top(&filter);
    if place < parts.len() {
        parts.remove(place);
    }
    Filter::all(parts)
}

/// What must hold at the top.
fn top(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::And(parts) => parts.and.iter().filter(|part| !part.is_everything()).cloned().collect(),
        other => vec![other.clone()],
    }
}

fn chip(definition: &'static Definition, at: usize, filter: &Filter) -> Chip {
    let key = at.to_string();
    match filter {
        Filter::Test(test) => {
            let name = labels::of_path(definition, &test.field);
            Chip { key, name, text: condition(definition, test) }
        }
        nested => Chip { key, name: t!("filter.group"), text: words(definition, nested) },
    }
}

/// A nested filter in one sentence.
fn words(definition: &'static Definition, filter: &Filter) -> String {
    let joined = |parts: &[Filter], word: String| {
        parts.iter().map(|part| words(definition, part)).collect::<Vec<_>>().join(&format!(" {word} "))
    };
    match filter {
        Filter::And(parts) => joined(&parts.and, t!("filter.and")),
        Filter::Or(parts) => joined(&parts.or, t!("filter.or")),
        Filter::Some(has) => related(definition, &has.some, &has.filter, t!("filter.some")),
        Filter::None(has) => related(definition, &has.none, &has.filter, t!("filter.none")),
        Filter::Not(inner) => t!("filter.not-this", text = words(definition, &inner.not)),
        Filter::Test(test) => {
            let name = labels::of_path(definition, &test.field);
            format!("{name} {}", condition(definition, test))
        }
    }
}

/// What is asked of the records that name those of the list.
fn related(definition: &'static Definition, what: &str, filter: &Filter, how: String) -> String {
    let Some((_, of)) = paths::naming(definition, what) else { return what.to_owned() };
    let name = labels::plural(of.name);
    match filter.is_everything() {
        true => format!("{how} {name}"),
        false => format!("{how} {name}{}{}", t!("form.colon"), words(of, filter)),
    }
}

fn condition(definition: &'static Definition, test: &Comparison) -> String {
    let op = t!(&format!("op.{}", test.op.word()));
    if test.op == Op::IsNull {
        let empty = test.value != Value::Bool(false);
        return if empty { op } else { t!("filter.not-empty") };
    }
    let values: Vec<String> = match &test.value {
        Value::Array(items) => items.iter().map(|item| value_words(definition, test, item)).collect(),
        // As an address writes it.
        Value::String(text) if takes_several(test.op) => {
            texts::split(text, &[',']).into_iter().map(|word| value_words(definition, test, &word.into())).collect()
        }
        value => vec![value_words(definition, test, value)],
    };
    let between = if test.op == Op::Between { t!("filter.up-to") } else { t!("list.comma") };
    format!("{op} {}", values.join(&between))
}

fn value_words(definition: &'static Definition, test: &Comparison, value: &Value) -> String {
    let text = plain(value);
    if let Some(word) = text.strip_prefix('@').filter(|word| *word != "me") {
        return t!(&format!("date.{word}"));
    }
    let end = paths::end_of(definition, &test.field);
    let of = end.map_or(definition, |(of, _)| of);
    match end.map(|(_, field)| (field, field.kind)) {
        Some((_, Kind::Reference(resource) | Kind::References(resource))) => names::name_of(resource, &text).get(),
        Some((field, Kind::Choice(_) | Kind::Choices(_))) => labels::choice(of, field, &text),
        Some((_, Kind::Bool)) => {
            if text == "true" {
                t!("value.yes")
            } else {
                t!("value.no")
            }
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Filter;
    use domain::filter::Op;

    #[test]
    fn a_chip_can_be_taken_away() {
        let (one, other) = (Filter::test("level", Op::Eq, "a"), Filter::test("city", Op::Eq, "x"));
        let both = Filter::all(vec![one.clone(), other.clone()]);
        assert_eq!(without(both.clone(), 0), Filter::all(vec![other]));
        assert_eq!(without(Filter::any(vec![one]), 0), Filter::everything());
        assert_eq!(without(both.clone(), 7), both);
    }
}
