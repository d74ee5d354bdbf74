//! What resources, fields and choices are called.

use domain::filter::paths;
use domain::platform::users::Locale;
use domain::{Definition, Field};

use crate::i18n::{self, Language};
use crate::t;
use crate::ui::Choice;

/// The resource in the plural: 客户, Customers.
pub fn plural(resource: &str) -> String {
    t!(&format!("resource.{resource}"))
}

/// One record of the resource: 客户, customer.
pub fn singular(resource: &str) -> String {
    t!(&format!("resource.{resource}.one"))
}

/// So many records of the resource: 1 customer, 2 customers.
pub fn counted(resource: &str, count: usize) -> String {
    if count == 1 { singular(resource) } else { plural(resource) }
}

/// A field's own label, or the one that all resources share.
pub fn field(definition: &Definition, field: &Field) -> String {
    if let Some(made) = field.made {
        return made.label(locale()).to_owned();
    }
    shared(definition.name, field.key)
}

/// What a column of a document's lines is called.
pub fn column(field: &Field) -> String {
    shared("lines", field.key)
}

/// Its own words among those of `owner`, or those that all share.
fn shared(owner: &str, key: &str) -> String {
    i18n::find(&format!("field.{owner}.{key}")).unwrap_or_else(|| t!(&format!("field.{key}")))
}

pub fn choice(definition: &Definition, field: &Field, word: &str) -> String {
    if let Some(made) = field.made {
        return made.word(locale(), word).unwrap_or(word).to_owned();
    }
    let own = i18n::find(&format!("choice.{}.{}.{word}", definition.name, field.key));
    // A word may be the name of a resource.
    let shared = || i18n::find(&format!("choice.{}.{word}", field.key));
    own.or_else(shared).or_else(|| i18n::find(&format!("resource.{word}"))).unwrap_or_else(|| word.to_owned())
}

/// A word of a choice that an administrator made, to be picked.
pub fn option(field: &Field, word: &str) -> Choice {
    let text = field.made.and_then(|made| made.word(locale(), word)).unwrap_or(word).to_owned();
    Choice { value: word.to_owned(), text, ..Choice::default() }
}

/// What an administrator says to whoever fills a field in.
pub fn help(field: &Field) -> String {
    field.made.and_then(|made| made.help(locale())).unwrap_or_default().to_owned()
}

pub fn group(group: &str) -> String {
    // An administrator may have called it anything.
    i18n::find(&format!("group.{group}")).unwrap_or_else(|| group.to_owned())
}

fn locale() -> Locale {
    if i18n::current() == Language::Chinese { Locale::Chinese } else { Locale::English }
}

/// What a list that people ask for all day is called above the list of its resource.
pub fn preset(definition: &Definition, preset: &domain::Preset) -> String {
    t!(&format!("preset.{}.{}", definition.name, preset.word))
}

/// What an act is called on its button.
pub fn act(definition: &Definition, act: &domain::Act) -> String {
    t!(&format!("act.{}.{}", definition.name, act.noun))
}

/// A field of a record that another one names: 客户 · 级别.
pub fn path(definition: &Definition, link: &Field, of: &Definition, end: &Field) -> String {
    format!("{} · {}", field(definition, link), field(of, end))
}

/// The field at the end of a path, by the names along it.
pub fn of_path(definition: &'static Definition, path: &str) -> String {
    match path.split_once('.') {
        None => definition.field(path).map_or_else(|| path.to_owned(), |end| field(definition, end)),
        Some((word, rest)) => match paths::named_by(definition, word) {
            Some((link, of)) => format!("{} · {}", field(definition, link), of_path(of, rest)),
            None => path.to_owned(),
        },
    }
}
