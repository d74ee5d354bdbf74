//! Files on their way in: sealed part by part as they arrive, and looked at on the way.

use actix_web::web;
use chrono::TimeDelta;
use domain::error::{Code, Error, Fault};
use domain::platform::operations::FileKind;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use store::Db;
use store::platform::files;
use uuid::Uuid;

use super::format::{Format, Sniffer};
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
pub async fn receive(db: &Db, name: &str, mut payload: web::Payload) -> Result<Uploaded> {
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
    Ok(Uploaded { id, format: sniffer.finish(), digest: digest.finalize().into() })
}

async fn write(db: &Db, id: Uuid, number: i32, part: &[u8]) -> Result<()> {
    Ok(db.write(async |tx| files::write_part(tx, id, number, part).await).await?)
}

/// How a file that came in earlier is written.
pub async fn format_of(db: &Db, id: Uuid) -> Result<Format> {
    files::find_own(db, FileKind::Import, id).await?;
    let mut sniffer = Sniffer::default();
    for number in 0.. {
        match files::read_part(db, id, number).await? {
            Some(part) => sniffer.feed(&part),
            None => break,
        }
    }
    Ok(sniffer.finish())
}

/// The header of a file and its first lines.
pub struct Head {
    pub headers: Vec<String>,
    pub lines: Vec<Vec<String>>,
}

pub async fn head(db: &Db, id: Uuid, format: &Format, count: usize) -> Result<Head> {
    let first = files::read_part(db, id, 0).await?.unwrap_or_default();
    let mut reader = lines::reader(first.as_slice(), format);
    let unreadable = |_| Refusal(Error::invalid(vec![Fault::new("", "malformed")]));
    let headers: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(|h| h.trim().to_owned()).collect();
    if headers.iter().all(String::is_empty) {
        return Err(Refusal(Error::invalid(vec![Fault::new("", "required")])));
    }
    let lines = reader.records().take(count).map_while(|line| line.ok());
    Ok(Head { headers, lines: lines.map(|line| line.iter().map(str::to_owned).collect()).collect() })
}
