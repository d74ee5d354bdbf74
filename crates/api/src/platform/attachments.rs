//! Files that belong to records: on their way in part by part, and out again as downloads, or shown in the page if they
//! are of a kind that a browser shows and nothing else.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE,
};
use actix_web::{HttpRequest, HttpResponse, get, rt, web};
use domain::error::{Code, Error, Fault};
use domain::permission::Action;
use domain::platform::Attachment;
use domain::platform::attachments::{HEAD, LARGEST, UNKNOWN, is_shown, sniffed};
use domain::resource::{Definition, Resource};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::platform::attachments::{self, Subject, Whole};
use store::platform::files;
use store::{Db, registry};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::Caller;
use crate::crud::{self, Served, permission};
use crate::http::body::Body;
use crate::http::error::{Refusal, Result};
use crate::http::request::is_head;
use crate::http::{query, write};

pub fn configure(api: &mut ServiceConfig<'_>) {
    api.service(content);
}

/// Whether files can belong to records of a resource.
pub fn belong_to(definition: &Definition) -> bool {
    Definition::of::<Attachment>().links_to(definition.name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    name: String,
}

/// Takes in a file that shall belong to a record. Each part is written by itself, so that a slow sender holds no
/// connection; nobody sees anything of it before it is whole.
pub async fn upload(
    of: Served,
    caller: Caller,
    id: web::Path<Uuid>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let db = caller.authorize(permission(of, Action::Update))?;
    let to = Subject { resource: of.definition().name, id: *id };
    let Incoming { name } = crud::visible_first(of, &db, *id, query::of(&request)).await?;
    let file = db.write(async |tx| attachments::begin(tx, to, &name).await).await?;
    let guard = Guard { db: db.clone(), file };
    let (whole, digest) = receive(&db, file, payload).await?;
    let body = Body::digested("", &digest);
    let served = registry::named(Attachment::NAME)?;
    let answer = write::execute(&request, &body, db, async move |tx| {
        let shown = attachments::finish(tx, file, to, &name, whole).await?;
        Ok(crud::created(served, tx.db(), &shown))
    })
    .await;
    drop(guard);
    answer
}

/// Whatever ends an upload before its time, nothing of it is left. What belongs to its record by then stays.
struct Guard {
    db: Db,
    file: Uuid,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let (db, file) = (self.db.clone(), self.file);
        rt::spawn(async move {
            if let Err(error) = attachments::abandon(&db, file).await {
                // The upkeep finds it in an hour.
                tracing::warn!(%error, %file, "an upload that was given up is still there");
            }
        });
    }
}

/// Writes parts of one size, so that any place in the file is found by its number.
async fn receive(db: &Db, file: Uuid, mut payload: web::Payload) -> Result<(Whole, [u8; 32])> {
    let (mut head, mut digest) = (Vec::with_capacity(HEAD), Sha256::new());
    let (mut part, mut number, mut size) = (Vec::with_capacity(files::PART), 0, 0);
    while let Some(bytes) = payload.next().await {
        let mut bytes = bytes.map_err(|_| Refusal::from(Code::Malformed))?;
        size += bytes.len();
        if size > LARGEST {
            let fault = Fault::new("", "file_too_large").with("max", format!("{} MB", LARGEST >> 20));
            return Err(Refusal(Error::at(Code::PayloadTooLarge, fault)));
        }
        head.extend(bytes.iter().take(HEAD - head.len()));
        digest.update(&bytes);
        while part.len() + bytes.len() >= files::PART {
            part.extend_from_slice(&bytes.split_to(files::PART - part.len()));
            write_part(db, file, number, &part).await?;
            part.clear();
            number += 1;
        }
        part.extend_from_slice(&bytes);
    }
    if size == 0 {
        return Err(Refusal(Error::invalid(vec![Fault::new("", "required")])));
    }
    if !part.is_empty() {
        write_part(db, file, number, &part).await?;
    }
    let digest: [u8; 32] = digest.finalize().into();
    let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let size = i64::try_from(size).map_err(|_| Error::new(Code::PayloadTooLarge))?;
    Ok((Whole { size, media_type: sniffed(&head), sha256 }, digest))
}

async fn write_part(db: &Db, file: Uuid, number: i32, part: &[u8]) -> Result<()> {
    Ok(db.write(async |tx| files::write_part(tx, file, number, part).await).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fetch {
    /// To be shown in a page rather than kept; only of pictures and PDF.
    #[serde(default)]
    inline: bool,
}

/// Fetch an attached file. Pictures and PDF can be had to be shown, by `inline=true`; everything else is a download that no
/// browser opens by itself. A part is had by `Range`.
#[utoipa::path(
    tag = "platform",
    operation_id = "fetch_attachment",
    params(
        ("id" = Uuid, Path, description = "The attachment."),
        ("inline" = Option<bool>, Query, description = "Show it rather than keep it; only pictures and PDF are."),
    ),
    extensions(("x-permission" = json!("attachments.read"))),
    responses(
        (status = 200, description = "The file.", body = String, content_type = "application/octet-stream"),
        (status = 206, description = "The part that was asked for.", body = String, content_type = "application/octet-stream"),
    ),
)]
#[get("/attachments/{id}/content")]
async fn content(caller: Caller, id: web::Path<Uuid>, request: HttpRequest) -> Result<HttpResponse> {
    let db = caller.authorize(attachments::READ)?;
    let Fetch { inline } = query::of(&request)?;
    let found = attachments::find(&db, *id).await?;
    let json = found.json();
    let text = |key: &str| json.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    let size = json.get("size").and_then(|size| size.as_u64()).unwrap_or_default();
    let media_type = text("media_type");
    let shown = inline && is_shown(&media_type);
    let asked = request.headers().get(RANGE).and_then(|range| range.to_str().ok());
    let range = asked.and_then(|range| part_of(range, size));
    let (from, to) = range.unwrap_or((0, size));
    let mut response = HttpResponse::build(if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK });
    response
        .insert_header((CONTENT_TYPE, if shown { media_type } else { UNKNOWN.to_owned() }))
        .insert_header((CONTENT_DISPOSITION, disposition(shown, &text("name"))))
        // Should a browser open it all the same, it may do nothing.
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'self'"))
        .insert_header((ACCEPT_RANGES, "bytes"));
    if range.is_some() {
        response.insert_header((CONTENT_RANGE, format!("bytes {from}-{}/{size}", to.saturating_sub(1))));
    }
    if is_head(&request) {
        return Ok(response.no_chunking(to - from).finish());
    }
    let file = *id;
    let parts = stream::unfold((db, from), move |(db, at)| async move {
        if at >= to {
            return None;
        }
        match piece(&db, file, at, to).await {
            Ok(bytes) => Some((Ok(web::Bytes::from(bytes.clone())), (db, at + bytes.len() as u64))),
            Err(error) => {
                tracing::error!(%error, "an attachment cannot be handed out to its end");
                Some((Err(actix_web::error::ErrorInternalServerError("")), (db, to)))
            }
        }
    });
    Ok(response.no_chunking(to - from).streaming(Box::pin(parts)))
}

/// What a part holds of the stretch from one place to another. Before each the right is asked anew: on a slow line a
/// download takes long.
async fn piece(db: &Db, file: Uuid, from: u64, to: u64) -> store::Result<Vec<u8>> {
    attachments::find(&db.renewed().await?, file).await?;
    let size = files::PART as u64;
    let number = i32::try_from(from / size).unwrap_or(i32::MAX);
    let part = files::read_part(db, file, number).await?.unwrap_or_default();
    let within = |place: u64| usize::try_from(place.saturating_sub(from / size * size)).unwrap_or(usize::MAX);
    let piece = part.get(within(from)..within(to).min(part.len())).unwrap_or_default();
    if piece.is_empty() { Err(Code::Gone.into()) } else { Ok(piece.to_vec()) }
}

/// The stretch that one range names, as its first place and the one behind its last; several, or one that cannot be, are
/// answered with the whole.
fn part_of(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) => (first, last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => (first, size),
        (Err(_), Ok(last)) if first.is_empty() => (size.saturating_sub(last), size),
        _ => return None,
    };
    (from < to).then_some((from, to))
}

/// The name in a form that every browser reads.
fn disposition(shown: bool, name: &str) -> String {
    let kind = if shown { "inline" } else { "attachment" };
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{kind}; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_a_stretch_or_nothing() {
        for (range, expected) in [
            ("bytes=0-9", Some((0, 10))),
            ("bytes=90-", Some((90, 100))),
            ("bytes=-10", Some((90, 100))),
            ("bytes=95-500", Some((95, 100))),
            ("bytes=100-", None),
            ("bytes=9-1", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(part_of(range, 100), expected, "{range}");
        }
    }
}
