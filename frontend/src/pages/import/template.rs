//! An empty table to fill in: a column for everything that a line may tell, by the names that the importer knows.

use domain::field::Access;
use domain::{Definition, Field};

use crate::resource::labels;
use crate::{dom, edition, t};

/// Hand the template over in the language in use. The mark at its head lets spreadsheets read the Chinese.
pub fn save(definition: &Definition) {
    let own = writable(definition).map(|field| labels::field(definition, field));
    let heads: Vec<String> = [t!("transfer.external_id")].into_iter().chain(own).chain(contact(definition)).collect();
    let table = format!("\u{feff}\"{}\"\r\n", heads.join("\",\""));
    dom::save(table.as_bytes(), &t!("import.template-name", resource = labels::plural(definition.name)));
}

fn writable(definition: &Definition) -> impl Iterator<Item = &'static Field> {
    definition.own_fields().filter(|field| field.access != Access::ReadOnly)
}

/// A customer's line also tells its primary contact, all but whose contact that is.
fn contact(definition: &Definition) -> Vec<String> {
    let Some(contacts) = edition::find("contacts").filter(|_| definition.name == "customers") else {
        return Vec::new();
    };
    // What it names beside its customer is not looked up by names.
    let told = writable(contacts).filter(|field| field.key != "is_primary" && field.kind.referred().is_none());
    let resource = labels::singular(contacts.name);
    told.map(|field| t!("import.companion", resource = resource, field = labels::field(contacts, field))).collect()
}
