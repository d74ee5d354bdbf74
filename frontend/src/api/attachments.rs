//! Files that belong to records.

use super::records::{Item, encode};
use super::{Call, Result};

/// Adds a file to a record.
pub async fn attach(resource: &str, id: &str, file: web_sys::File) -> Result<Item> {
    let query = encode(&[("name".to_owned(), file.name())]);
    let answer = Call::upload(format!("/{resource}/{id}/attachments?{query}"), file).send().await?;
    Ok(Item::from_value(answer.body, &answer.etag))
}

/// The address under which the page itself can show a picture, until it is revoked.
pub async fn picture(id: &str, media_type: &str) -> Result<String> {
    Call::get(format!("/attachments/{id}/content?inline=true")).object_url(media_type).await
}

pub async fn save(id: &str, name: &str) -> Result<()> {
    Call::get(format!("/attachments/{id}/content")).save_as(name).await
}
