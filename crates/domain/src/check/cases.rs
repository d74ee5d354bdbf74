//! Fields that say something of some records only: in the other cases they are empty.

use serde_json::{Map, Value};

use super::values::{field_faults, is_empty};
use crate::error::Fault;
use crate::field::Field;
use crate::resource::Definition;

/// Empties what no longer says anything of the record, and names what somebody says although it does not.
///
/// Whoever changes the case need not know what it had been about, nor be allowed to see it.
pub fn settle(definition: &Definition, members: &Map<String, Value>, document: &mut Map<String, Value>) -> Vec<Fault> {
    let idle: Vec<&Field> = definition.own_fields().filter(|field| !field.applies(document)).collect();
    let mut faults = Vec::new();
    for field in idle {
        let nothing = field.default_value().unwrap_or_default();
        let said = members.contains_key(field.key).then(|| document.get(field.key)).flatten();
        let said = said.filter(|said| !is_empty(said) && **said != nothing);
        // What is wrong in itself is told as that.
        if said.is_some_and(|said| !field_faults(field, said).is_empty()) {
            continue;
        }
        faults.extend(said.map(|_| Fault::field(field.key, "not_in_this_case")));
        document.insert(field.key.to_owned(), nothing);
    }
    faults
}
