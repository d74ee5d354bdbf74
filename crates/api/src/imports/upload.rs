//! Files on their way in: sealed part by part as they arrive, and looked at on the way.

use std::collections::HashMap;

use actix_web::web;
use chrono::TimeDelta;
use domain::error::{Code, Error, Fault};
use domain::platform::operations::FileKind;
use domain::resource::Definition;
use encoding_rs::Encoding;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use store::Db;
use store::platform::files;
use uuid::Uuid;

use super::format::{Format, Sniffer};
use super::head::{self, Head};
use super::lines;
use crate::http::error::{Refusal, Result};

/// The largest file that is taken.
const LARGEST: usize = 512 << 20;

/// A file that nobody works with is kept this long.
pub const LIFE: TimeDelta = TimeDelta::hours(24);

/// A file that has come in.
pub struct Uploaded {
    pub id: Uuid,
    pub format: Format,
    pub digest: [u8; 32],
}

/// Takes a file in. Each part is written by itself, so that a slow sender holds no connection.
pub async fn receive(
    db: &Db,
    name: &str,
    encoding: Option<&'static Encoding>,
    mut payload: web::Payload,
) -> Result<Uploaded> {
    let id = db.write(async |tx| files::create(tx, FileKind::Import, name, "text/csv", LIFE).await).await?;
    let (mut sniffer, mut digest) = (Sniffer::default(), Sha256::new());
    let (mut part, mut number, mut size) = (Vec::with_capacity(files::PART), 0, 0);
    while let Some(bytes) = payload.next().await {
        let bytes = bytes.map_err(|_| Refusal::from(Code::Malformed))?;
        size += bytes.len();
        if size > LARGEST {
            return Err(Code::PayloadTooLarge.into());
        }
        sniffer.feed(&bytes);
        digest.update(&bytes);
        part.extend_from_slice(&bytes);
        if part.len() >= files::PART {
            write(db, id, number, &part).await?;
            part.clear();
            number += 1;
        }
    }
    if size == 0 {
        return Err(Refusal(Error::invalid(vec![Fault::new("", "required")])));
    }
    write(db, id, number, &part).await?;
    Ok(Uploaded { id, format: written(sniffer, encoding), digest: digest.finalize().into() })
}

async fn write(db: &Db, id: Uuid, number: i32, part: &[u8]) -> Result<()> {
    Ok(db.write(async |tx| files::write_part(tx, id, number, part).await).await?)
}

/// As somebody says that a file is written, or as it looks.
fn written(sniffer: Sniffer, encoding: Option<&'static Encoding>) -> Format {
    match encoding {
        Some(encoding) => sniffer.finish_as(encoding),
        None => sniffer.finish(),
    }
}

/// A file that came in earlier.
pub async fn earlier(db: &Db, id: Uuid, encoding: Option<&'static Encoding>) -> Result<Uploaded> {
    files::find_own(db, FileKind::Import, id).await?;
    let (mut sniffer, mut digest) = (Sniffer::default(), Sha256::new());
    let mut number = 0;
    while let Some(part) = files::read_part(db, id, number).await? {
        sniffer.feed(&part);
        digest.update(&part);
        number += 1;
    }
    Ok(Uploaded { id, format: written(sniffer, encoding), digest: digest.finalize().into() })
}

/// The header of a file and its first lines.
pub async fn head(
    db: &Db,
    file: &Uploaded,
    definition: &Definition,
    mapping: Option<&HashMap<String, Option<String>>>,
    count: usize,
) -> Result<Head> {
    let first = files::read_part(db, file.id, 0).await?.unwrap_or_default();
    let unreadable = |_| Refusal(Error::invalid(vec![Fault::new("", "malformed")]));
    let records = lines::reader(first.as_slice(), &file.format);
    let head = head::of(records, definition, mapping, count).map_err(unreadable)?;
    let head = head.filter(|head| !head.headers.iter().all(String::is_empty));
    head.ok_or_else(|| Refusal(Error::invalid(vec![Fault::new("", "required")])))
}
