//! Bringing files in: hand one over, look at its columns, rehearse, run.

use std::collections::HashMap;

use domain::Definition;
use domain::permission::Action;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::jobs::Job;
use super::{Call, Result, parse};
use crate::edition;
use crate::session;

/// The resources whose records can come from a file, and go out into one.
pub fn transferred() -> impl Iterator<Item = &'static Definition> {
    edition::catalogue().iter().filter(|definition| definition.transferred)
}

/// Whether the person may bring records of this resource in from a file.
pub fn may_import(resource: &str) -> bool {
    transferred().any(|definition| definition.name == resource) && session::may(resource, Action::Import)
}

/// A file that waits on the server, with what it looks like.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preview {
    pub file_id: String,
    pub format: Format,
    pub columns: Vec<Column>,
    pub targets: Vec<Target>,
}

/// How the file is written, and the encodings that one may take it for instead.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Format {
    pub encoding: String,
    pub encodings: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    pub header: String,
    /// What the column most likely stands for.
    pub target: Option<String>,
    /// Values of the first lines. They may be personal, so they are never kept on the device.
    #[serde(skip_serializing)]
    pub samples: Vec<String>,
}

/// Something that a column may stand for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Target {
    pub target: String,
    /// By language.
    pub label: HashMap<String, String>,
    pub required: bool,
}

/// Hand a file over and see what is in it. No record is touched.
pub async fn preview(resource: &str, file: web_sys::File) -> Result<Preview> {
    let name = String::from(js_sys::encode_uri_component(&file.name()));
    Ok(parse(Call::upload(format!("/imports/preview?resource={resource}&name={name}"), file).send().await?.body))
}

/// See what is in a file that was handed over, taken for another encoding.
pub async fn look_again(resource: &str, file: &str, encoding: &str) -> Result<Preview> {
    let path = format!("/imports/preview?resource={resource}&file_id={file}&encoding={encoding}");
    Ok(parse(Call::post(path, &json!({})).send().await?.body))
}

/// What shall stand in cells of a line instead of what the file says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correction {
    pub line: u64,
    /// By heading.
    pub cells: HashMap<String, String>,
}

/// How a file is to be worked through.
pub struct Wish<'a> {
    pub mode: &'static str,
    pub dry_run: bool,
    /// Although it was imported before.
    pub again: bool,
    /// The dry run before, whose corrections hold here too.
    pub trial: Option<&'a str>,
    pub corrections: &'a [Correction],
}

/// Work through a file, or only try it.
pub async fn start(resource: &str, preview: &Preview, wish: &Wish<'_>) -> Result<Job> {
    let mut mapping = Map::new();
    for column in &preview.columns {
        mapping.insert(column.header.clone(), column.target.clone().into());
    }
    let body = json!({
        "resource": resource,
        "file_id": preview.file_id,
        "mapping": mapping,
        "encoding": preview.format.encoding,
        "mode": wish.mode,
        "dry_run": wish.dry_run,
        "again": wish.again,
        "trial": wish.trial,
        "corrections": wish.corrections,
    });
    Ok(parse(Call::post("/imports", &body).send().await?.body))
}
