//! Everything that leaves the browser. No other module speaks to the network.
//!
//! A call carries the access token, which lives in memory only. When the server no longer takes it, it is renewed
//! once for all calls in flight, and each of them is sent again with the same idempotency key.

pub mod account;
pub mod assets;
pub mod attachments;
pub mod auth;
pub mod bulk;
pub mod duplicates;
pub mod exports;
pub mod finance;
pub mod imports;
pub mod jobs;
pub mod keys;
pub mod operations;
pub mod records;
pub mod rights;
pub mod sales;

use domain::Problem;
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use web_sys::{AbortController, AbortSignal};

use crate::{dom, i18n, net, t, upkeep};

pub type Result<T> = std::result::Result<T, Problem>;

const BASE: &str = "/api/v1";

/// What the server answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub body: Value,
    /// Empty when the answer is not a single record.
    pub etag: String,
    /// Where a new record is.
    pub location: String,
}

/// What a request carries.
#[derive(Clone)]
enum Body {
    Json(String),
    File(web_sys::File),
}

/// A request on its way.
#[derive(Clone)]
pub struct Call {
    method: Method,
    path: String,
    body: Option<Body>,
    if_match: Option<String>,
    key: Option<String>,
    signal: Option<AbortSignal>,
}

impl Call {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None, if_match: None, key: None, signal: None }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(Body::Json(body.to_string())), key: Some(fresh_key()), ..Self::new(Method::POST, path) }
    }

    /// Replace something whole. Repeating it changes nothing, so it needs no key.
    pub fn put(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(Body::Json(body.to_string())), ..Self::new(Method::PUT, path) }
    }

    pub fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self { body: Some(Body::Json(body.to_string())), key: Some(fresh_key()), ..Self::new(Method::PATCH, path) }
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Send a file as it is.
    pub fn upload(path: impl Into<String>, file: web_sys::File) -> Self {
        Self { body: Some(Body::File(file)), key: Some(fresh_key()), ..Self::new(Method::POST, path) }
    }

    pub fn if_match(self, etag: &str) -> Self {
        Self { if_match: Some(etag.to_owned()), ..self }
    }

    /// Stop when the component that calls this goes away. To be called while the component is being set up.
    pub fn while_mounted(self, scope: &Mounted) -> Self {
        Self { signal: Some(scope.signal()), ..self }
    }

    pub async fn send(self) -> Result<Answer> {
        read(self.answer().await?).await
    }

    /// The answer as a file, which the browser keeps where it keeps downloads.
    pub async fn save_as(self, name: &str) -> Result<()> {
        let answer = self.answer().await?;
        if !answer.ok() {
            return read(answer).await.map(drop);
        }
        let bytes = answer.binary().await.map_err(|_| own_problem("network"))?;
        dom::save(&bytes, name);
        Ok(())
    }

    /// The answer under an address that the page can show, until it is revoked.
    pub async fn object_url(self, media_type: &str) -> Result<String> {
        let answer = self.answer().await?;
        if !answer.ok() {
            return Err(read(answer).await.err().unwrap_or_else(|| own_problem("unreadable")));
        }
        let bytes = answer.binary().await.map_err(|_| own_problem("network"))?;
        dom::object_url(&bytes, media_type).ok_or_else(|| own_problem("unreadable"))
    }

    async fn answer(&self) -> Result<Response> {
        if self.method != Method::GET && untrack(net::is_lost) {
            return Err(Problem { detail: t!("state.no-writing"), ..own_problem("network") });
        }
        let answer = self.once().await?;
        if answer.status() == 403 && self.path != "/me" {
            upkeep::refused();
        }
        if answer.status() != 401 || self.path.starts_with("/auth/") {
            return Ok(answer);
        }
        auth::refresh().await?;
        self.once().await
    }

    async fn once(&self) -> Result<Response> {
        let address = format!("{BASE}{}", self.path);
        let mut request = RequestBuilder::new(&address)
            .method(self.method.clone())
            .header("Accept", "application/json")
            .header("Accept-Language", i18n::current().tag())
            .abort_signal(self.signal.as_ref());
        if let Some(token) = auth::token() {
            request = request.header("Authorization", &format!("Bearer {token}"));
        }
        if self.path.starts_with("/auth/") {
            request = request.header("X-Requested-By", "crm");
        }
        if let Some(etag) = &self.if_match {
            request = request.header("If-Match", etag);
        }
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        match self.finish(request) {
            Some(request) => request.send().await.map_err(|_| self.unreachable()),
            None => Err(self.unreachable()),
        }
    }

    fn finish(&self, request: RequestBuilder) -> Option<Request> {
        let built = match &self.body {
            Some(Body::Json(text)) => {
                let merge = self.method == Method::PATCH;
                let media = if merge { "application/merge-patch+json" } else { "application/json" };
                request.header("Content-Type", media).body(text.as_str())
            }
            Some(Body::File(file)) => request.header("Content-Type", media_of(&file.name())).body(file.clone()),
            None => request.build(),
        };
        built.ok()
    }

    /// The network failed, or the caller no longer wants the answer.
    fn unreachable(&self) -> Problem {
        let aborted = self.signal.as_ref().is_some_and(AbortSignal::aborted);
        if !aborted {
            net::lost();
        }
        own_problem(if aborted { ABORTED } else { "network" })
    }
}

/// Browsers take the media type of a file from the spreadsheet program that claims it, so the name counts.
fn media_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).as_deref() {
        Some("ndjson" | "jsonl") => "application/x-ndjson",
        _ => "text/csv",
    }
}

const ABORTED: &str = "aborted";

/// Whether nobody waits for this answer any more, so that there is nothing to tell.
pub fn is_aborted(problem: &Problem) -> bool {
    problem.code == ABORTED
}

/// A failure that happened before the server could say anything.
fn own_problem(code: &str) -> Problem {
    Problem {
        kind: String::new(),
        title: t!("state.failed"),
        status: 0,
        detail: t!("state.network"),
        instance: String::new(),
        code: code.to_owned(),
        request_id: String::new(),
        errors: Vec::new(),
    }
}

async fn read(response: Response) -> Result<Answer> {
    let etag = response.headers().get("etag").unwrap_or_default();
    let text = response.text().await.map_err(|_| own_problem("network"))?;
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    if response.ok() {
        let location = response.headers().get("location").unwrap_or_default();
        return Ok(Answer { body, etag, location });
    }
    let request_id = response.headers().get("x-request-id").unwrap_or_default();
    Err(serde_json::from_value(body).unwrap_or_else(|_| Problem {
        status: response.status(),
        request_id,
        ..own_problem("unreadable")
    }))
}

/// A part of an answer in its own shape (never straight from text: a second reader of every shape costs 20 kB); what does not fit is empty, so that an older client outlives a newer server.
fn parse<T: DeserializeOwned + Default>(value: Value) -> T {
    serde_json::from_value(value).unwrap_or_default()
}

fn fresh_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// The life of a component: when it ends, the calls made for it are given up.
#[derive(Clone, Copy)]
pub struct Mounted(StoredValue<Option<AbortController>, LocalStorage>);

impl Mounted {
    /// The life of the component that is being set up.
    pub fn here() -> Self {
        let controller = StoredValue::new_local(AbortController::new().ok());
        on_cleanup(move || {
            let _ = controller.try_with_value(|controller| controller.as_ref().map(AbortController::abort));
        });
        Self(controller)
    }

    fn signal(&self) -> AbortSignal {
        let own = self.0.try_with_value(|controller| controller.as_ref().map(AbortController::signal)).flatten();
        own.unwrap_or_else(AbortSignal::abort)
    }
}
