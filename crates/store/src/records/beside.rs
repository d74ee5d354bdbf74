//! What is said of a new record beside its columns: references that lie in a table of their own, such as the roles of a
//! person.

use domain::error::{Error, Fault};
use domain::resource::Resource;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::error::Result;

/// Most ids of one member.
const MOST: usize = 50;

/// Takes these members out of a body.
pub(super) fn take<R: Resource>(body: &mut Map<String, Value>) -> Result<Vec<(&'static str, Vec<Uuid>)>> {
    let mut faults = Vec::new();
    let mut taken = Vec::new();
    for field in R::BESIDE {
        match body.remove(field.key) {
            None | Some(Value::Null) => {}
            Some(value) => match ids(field.key, &value) {
                Ok(ids) => taken.push((field.key, ids)),
                Err(wrong) => faults.extend(wrong),
            },
        }
    }
    if faults.is_empty() { Ok(taken) } else { Err(Error::invalid(faults).into()) }
}

/// The ids of a list, each once; or what is wrong with it.
fn ids(member: &str, value: &Value) -> Result<Vec<Uuid>, Vec<Fault>> {
    let Some(values) = value.as_array() else { return Err(vec![Fault::field(member, "wrong_type")]) };
    if values.len() > MOST {
        return Err(vec![Fault::field(member, "too_many").with("max", MOST)]);
    }
    let (mut ids, mut faults) = (Vec::new(), Vec::new());
    for (index, value) in values.iter().enumerate() {
        match value.as_str().and_then(|text| text.parse::<Uuid>().ok()) {
            Some(id) if ids.contains(&id) => {}
            Some(id) => ids.push(id),
            None => faults.push(Fault::new(format!("/{member}/{index}"), "not_an_id")),
        }
    }
    if faults.is_empty() { Ok(ids) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use domain::platform::User;
    use serde_json::json;

    use super::*;

    fn outcome(roles: Value) -> std::result::Result<usize, Vec<(String, String)>> {
        let Value::Object(mut body) = json!({"name": "李伟", "roles": roles}) else { return Ok(0) };
        match take::<User>(&mut body) {
            Ok(taken) => Ok(taken.iter().map(|(_, ids)| ids.len()).sum()),
            Err(crate::Error::Refused(error)) => {
                Err(error.faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
            }
            Err(_) => Err(Vec::new()),
        }
    }

    #[test]
    fn a_list_of_ids_is_taken_out_and_anything_else_is_told_by_its_place() {
        let id = "01890000-0000-7000-8000-000000000001";
        assert_eq!(outcome(json!([id, id])), Ok(1));
        assert_eq!(outcome(json!(null)), Ok(0));
        assert_eq!(outcome(json!(id)), Err(vec![("/roles".into(), "wrong_type".into())]));
        assert_eq!(
            outcome(json!([id, "sales", 7])),
            Err(vec![("/roles/1".into(), "not_an_id".into()), ("/roles/2".into(), "not_an_id".into()),])
        );
        assert_eq!(outcome(json!(vec![id; MOST])), Ok(1));
        assert_eq!(outcome(json!(vec![id; MOST + 1])), Err(vec![("/roles".into(), "too_many".into())]));
    }
}
