//! What roles give, which roles a person holds, and how an administrator helps a person in or out.

use domain::viewer::RoleRights;
use serde_json::{Value, json};

use super::account::SecondFactor;
use super::records;
use super::{Call, Result, parse};

/// What a role gives, with the tag that guards its next change.
pub async fn of_role(id: &str) -> Result<(RoleRights, String)> {
    let answer = Call::get(format!("/roles/{id}/rights")).send().await?;
    let nothing = || RoleRights { grants: Vec::new(), personal: domain::permission::Right::Masked, fields: Vec::new() };
    Ok((serde_json::from_value(answer.body).unwrap_or_else(|_| nothing()), answer.etag))
}

pub async fn set_of_role(id: &str, etag: &str, rights: &RoleRights) -> Result<String> {
    let body = serde_json::to_value(rights).unwrap_or_default();
    Ok(Call::put(format!("/roles/{id}/rights"), &body).if_match(etag).send().await?.etag)
}

/// The roles of a person: ids and names, with the tag that guards the next change.
pub async fn roles_of(user: &str) -> Result<(Vec<(String, String)>, String)> {
    let mut answer = Call::get(format!("/users/{user}/roles")).send().await?;
    let roles = match answer.body["data"].take() {
        Value::Array(roles) => roles
            .iter()
            .filter_map(|role| Some((role["id"].as_str()?.to_owned(), role["name"].as_str()?.to_owned())))
            .collect(),
        _ => Vec::new(),
    };
    Ok((roles, answer.etag))
}

pub async fn set_roles_of(user: &str, etag: &str, roles: &[String]) -> Result<()> {
    Call::put(format!("/users/{user}/roles"), &json!({ "roles": roles })).if_match(etag).send().await.map(drop)
}

/// Give a person a temporary password, which is told this once.
pub async fn reset_password(user: &str) -> Result<String> {
    let etag = records::find("users", user, &[]).await?.etag;
    let answer = Call::post(format!("/users/{user}/password"), &json!({})).if_match(&etag).send().await?;
    Ok(answer.body["password"].as_str().unwrap_or_default().to_owned())
}

/// Sign a person out everywhere.
pub async fn end_sessions(user: &str) -> Result<()> {
    Call::delete(format!("/users/{user}/sessions")).send().await.map(drop)
}

/// Whether a person has a second factor.
pub async fn second_factor_of(user: &str) -> Result<SecondFactor> {
    Ok(parse(Call::get(format!("/users/{user}/second-factor")).send().await?.body))
}

/// Take it away, because the phone is gone.
pub async fn remove_second_factor(user: &str) -> Result<()> {
    let etag = records::find("users", user, &[]).await?.etag;
    Call::delete(format!("/users/{user}/second-factor")).if_match(&etag).send().await.map(drop)
}
