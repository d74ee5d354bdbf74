//! Writing requests: one transaction that holds the effect and, for a request that may be repeated, its answer.

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderName, LOCATION};
use actix_web::{HttpRequest, HttpResponse, rt};
use domain::error::{Code, Error, Fault};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::idempotency::{self, IdempotencyKey, Stored};
use store::{Db, Tx, duplicates};
use tracing::Instrument;

use super::body::Body;
use super::conditional::quoted;
use super::error::{Refusal, Result};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a write answers with.
pub type Answer = Stored;

/// An answer with a record in it.
pub fn answer(status: StatusCode, body: &impl Serialize) -> Answer {
    Answer { status: status.as_u16(), body: serde_json::to_string(body).ok(), ..Answer::default() }
}

pub fn no_content() -> Answer {
    Answer { status: 204, ..Answer::default() }
}

/// Refuses a request that must be safe to repeat and is not.
pub fn require_key(request: &HttpRequest) -> Result<()> {
    if request.headers().contains_key(KEY) { Ok(()) } else { Err(Code::KeyMissing.into()) }
}

/// Runs a write. It goes on to its end when the caller hangs up, so that nobody wonders whether it happened.
pub async fn execute<W>(request: &HttpRequest, body: &Body, db: Db, work: W) -> Result<HttpResponse>
where
    W: AsyncFnOnce(&mut Tx<'_>) -> store::Result<Answer> + 'static,
{
    let key = key(request, body, &db)?;
    // What it writes into the log belongs to the request all the same.
    let finished = rt::spawn(async move { run(&db, key, work).await }.in_current_span());
    match finished.await {
        Ok(outcome) => outcome?.respond(),
        Err(_) => Err(Code::Internal.into()),
    }
}

/// What came of a write, and whether it came of an earlier one.
struct Outcome {
    answer: Result<Answer, Error>,
    replayed: bool,
}

async fn run<W>(db: &Db, key: Option<IdempotencyKey>, work: W) -> Result<Outcome>
where
    W: AsyncFnOnce(&mut Tx<'_>) -> store::Result<Answer>,
{
    let Some(key) = key else {
        let answer = db.write(work).await;
        if let Err(store::Error::Refused(error)) = &answer
            && duplicates::told_unseen(error)
        {
            db.write(async |tx| duplicates::note(tx, &error.faults).await).await?;
        }
        return Ok(Outcome { answer: Ok(answer?), replayed: false });
    };
    let outcome = db.write(async |tx| {
        if let Some(stored) = idempotency::claim(tx, &key).await? {
            return Ok(Outcome { answer: recall(stored), replayed: true });
        }
        let answer = match tx.savepoint(work).await {
            Ok(answer) => Ok(answer),
            // A refusal on the merits is an answer too; everything else may be tried again.
            Err(store::Error::Refused(error)) if matches!(error.code.status(), 409 | 412 | 422) => {
                duplicates::note(tx, &error.faults).await?;
                Err(error)
            }
            Err(error) => return Err(error),
        };
        idempotency::keep(tx, &key, &remember(&answer)).await?;
        Ok(Outcome { answer, replayed: false })
    });
    Ok(outcome.await?)
}

impl Outcome {
    fn respond(self) -> Result<HttpResponse> {
        let mut response = match self.answer {
            Ok(answer) => respond(answer),
            Err(error) => actix_web::ResponseError::error_response(&Refusal(error)),
        };
        if self.replayed {
            response.headers_mut().insert(REPLAYED, actix_web::http::header::HeaderValue::from_static("true"));
        }
        Ok(response)
    }
}

fn respond(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if let Some(location) = answer.location {
        response.insert_header((LOCATION, location));
    }
    if let Some(etag) = answer.etag {
        response.insert_header((ETAG, quoted(&etag)));
    }
    match answer.body {
        Some(body) => response.content_type("application/json").body(body),
        None => response.finish(),
    }
}

/// A refusal as it is kept: its words are found again in the language of whoever repeats the request.
#[derive(Serialize, Deserialize)]
struct Kept {
    code: String,
    faults: Vec<Fault>,
    current: Option<String>,
}

fn remember(answer: &Result<Answer, Error>) -> Stored {
    match answer {
        Ok(answer) => answer.clone(),
        Err(error) => {
            let kept = Kept {
                code: error.code.word().to_owned(),
                faults: error.faults.clone(),
                current: error.current.clone(),
            };
            Stored { status: error.code.status(), body: serde_json::to_string(&kept).ok(), ..Stored::default() }
        }
    }
}

fn recall(stored: Stored) -> Result<Answer, Error> {
    if stored.status < 400 {
        return Ok(stored);
    }
    let kept: Option<Kept> = stored.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
    let Some(kept) = kept else { return Err(Error::new(Code::Internal)) };
    let code = Code::ALL.iter().find(|code| code.word() == kept.code).copied().unwrap_or(Code::Internal);
    Err(Error { faults: kept.faults, current: kept.current, ..Error::new(code) })
}

/// The key of a request, bound to caller, method and path, with the fingerprint of what it says.
fn key(request: &HttpRequest, body: &Body, db: &Db) -> Result<Option<IdempotencyKey>> {
    let Some(header) = request.headers().get(KEY) else { return Ok(None) };
    let text = header.to_str().unwrap_or_default().trim().trim_matches('"');
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    let caller = db.user_id().filter(|_| (1..=255).contains(&text.len()) && visible);
    let Some(caller_id) = caller else {
        return Err(Refusal(Error::at(Code::Malformed, Fault::new("Idempotency-Key", "malformed"))));
    };
    let mut fingerprint = Sha256::new();
    for part in [request.query_string().as_bytes(), body.media_type().as_bytes(), body.bytes()?] {
        fingerprint.update((part.len() as u64).to_be_bytes());
        fingerprint.update(part);
    }
    Ok(Some(IdempotencyKey {
        caller_id,
        method: request.method().to_string(),
        path: request.path().to_owned(),
        key: text.to_owned(),
        fingerprint: fingerprint.finalize().into(),
    }))
}
