//! What resources, fields and choices are called.

use domain::filter::paths;
use domain::{Definition, Field};

use crate::{i18n, t};

/// The resource in the plural: 客户, Customers.
pub fn plural(resource: &str) -> String {
    t!(&format!("resource.{resource}"))
}

/// One record of the resource: 客户, customer.
pub fn singular(resource: &str) -> String {
    t!(&format!("resource.{resource}.one"))
}

/// A field's own label, or the one that all resources share.
pub fn field(definition: &Definition, field: &Field) -> String {
    let own = i18n::find(&format!("field.{}.{}", definition.name, field.key));
    own.unwrap_or_else(|| t!(&format!("field.{}", field.key)))
}

pub fn choice(definition: &Definition, field: &Field, word: &str) -> String {
    i18n::find(&format!("choice.{}.{}.{word}", definition.name, field.key)).unwrap_or_else(|| word.to_owned())
}

pub fn group(group: &str) -> String {
    t!(&format!("group.{group}"))
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
