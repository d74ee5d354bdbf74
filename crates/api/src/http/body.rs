//! The body of a request, read only after the caller was found to be allowed.

use std::future::{Future, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, web};
use domain::error::{Code, Error, Fault};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::{Refusal, Result};
use super::unique::Unique;
use super::valid::shape_faults;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 32;

/// The names of the only charset that is read; ASCII is a part of it.
const UTF8: [&str; 3] = ["utf-8", "utf8", "us-ascii"];

/// What came in, good or bad. Extracting it never fails, because a stranger is told 401 whatever they send.
pub struct Body {
    bytes: Result<web::Bytes, Code>,
    media_type: String,
}

impl FromRequest for Body {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = in_utf8(media_type);
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|error| match error.as_response_error().status_code().as_u16() {
                413 => Code::PayloadTooLarge,
                _ => Code::Malformed,
            });
            ready(Ok(Self { bytes, media_type })).await
        })
    }
}

impl Body {
    /// Reads the body of a request that could have come as a stream.
    pub async fn read(request: &HttpRequest, payload: web::Payload) -> Self {
        let mut payload = payload.into_inner();
        // Extracting a body never fails.
        let read = Self::from_request(request, &mut payload).await;
        read.unwrap_or_else(|_| Self { bytes: Err(Code::Malformed), media_type: String::new() })
    }

    /// Stands for a body that was streamed away: its digest says what it was.
    pub fn digested(media_type: &str, digest: &[u8]) -> Self {
        Self { bytes: Ok(web::Bytes::copy_from_slice(digest)), media_type: media_type.to_owned() }
    }

    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    pub fn bytes(&self) -> Result<&web::Bytes> {
        self.bytes.as_ref().map_err(|code| Refusal::from(*code))
    }

    /// Whether nothing came in.
    pub fn is_empty(&self) -> bool {
        self.bytes.as_ref().is_ok_and(|bytes| bytes.is_empty())
    }

    /// Refuses what is no JSON by its name, or is too large, before anything else of a request is judged.
    pub fn require_json(&self) -> Result<()> {
        self.json_bytes(&["application/json"]).map(drop)
    }

    /// A JSON object with unknown members, for bodies that the field list checks.
    pub fn object(&self) -> Result<Map<String, Value>> {
        let bytes = self.json_bytes(&["application/json"])?;
        parse(bytes)
    }

    /// A merge patch.
    pub fn patch(&self) -> Result<Map<String, Value>> {
        let bytes = self.json_bytes(&["application/json", "application/merge-patch+json"])?;
        parse(bytes)
    }

    /// A body of a known shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let object = self.object()?;
        let faults = nul_faults(&object);
        if faults.is_empty() { shaped(object) } else { Err(Refusal(Error::invalid(faults))) }
    }

    /// The same for a body whose parts answer for themselves.
    pub fn json_of_parts<T: DeserializeOwned>(&self) -> Result<T> {
        shaped(self.object()?)
    }

    fn json_bytes(&self, accepted: &[&str]) -> Result<&web::Bytes> {
        if !accepted.contains(&self.media_type.as_str()) {
            return Err(Code::UnsupportedMediaType.into());
        }
        self.bytes()
    }
}

/// The name of a media type; nothing if it is written in anything but UTF-8.
fn in_utf8(media_type: &str) -> String {
    let mut parts = media_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    let foreign =
        |part: String| part.strip_prefix("charset=").is_some_and(|set| !UTF8.contains(&set.trim_matches('"')));
    if parts.any(foreign) { String::new() } else { name }
}

fn shaped<T: DeserializeOwned>(object: Map<String, Value>) -> Result<T> {
    serde_json::from_value(Value::Object(object.clone())).map_err(|error| {
        let faults = shape_faults::<T>(&object);
        Refusal(if faults.is_empty() { shape_fault(&error.to_string()) } else { Error::invalid(faults) })
    })
}

/// Strings that PostgreSQL could not store, wherever they are.
pub fn nul_faults(object: &Map<String, Value>) -> Vec<Fault> {
    let mut faults = Vec::new();
    nuls_of_members(object, "", &mut faults);
    faults
}

fn find_nuls(value: &Value, pointer: String, faults: &mut Vec<Fault>) {
    match value {
        Value::String(text) if text.contains('\0') => faults.push(Fault::new(pointer, "nul_character")),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| find_nuls(item, format!("{pointer}/{index}"), faults));
        }
        Value::Object(members) => nuls_of_members(members, &pointer, faults),
        _ => {}
    }
}

/// A name with one in it is pointed at by what holds it.
fn nuls_of_members(members: &Map<String, Value>, pointer: &str, faults: &mut Vec<Fault>) {
    if members.keys().any(|key| key.contains('\0')) {
        faults.push(Fault::new(pointer, "nul_character"));
    }
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    members.iter().for_each(|(key, item)| find_nuls(item, format!("{pointer}/{}", escaped(key)), faults));
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>> {
    if depth(bytes) > MAX_DEPTH {
        return Err(Refusal(Error::at(Code::Malformed, Fault::new("", "too_deep"))));
    }
    match serde_json::from_slice::<Unique>(bytes).map(Unique::into_value) {
        Ok(Value::Object(object)) => Ok(object),
        Err(error) if error.is_data() => Err(Refusal(Error::at(Code::Malformed, Fault::new("", "repeated_member")))),
        Ok(_) => Err(Refusal(Error::at(Code::Malformed, Fault::new("", "not_an_object")))),
        Err(_) => Err(Code::Malformed.into()),
    }
}

/// How deep brackets nest, strings left out.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// What serde says about a body of the wrong shape, in our words; it names the member between backquotes.
pub fn shape_fault(message: &str) -> Error {
    let member = message.split('`').nth(1).unwrap_or_default();
    let code = match message {
        message if message.starts_with("unknown field") => "unknown_member",
        message if message.starts_with("missing field") => "required",
        message if message.starts_with("unknown variant") => {
            return Error::invalid(vec![Fault::new("", "not_a_choice")]);
        }
        _ => return Error::invalid(vec![Fault::new("", "wrong_type")]),
    };
    Error::invalid(vec![Fault::field(member, code)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_wherever_it_hides() {
        let body =
            serde_json::json!({"name": "a\0", "fine": "b", "list": ["c", "\0"], "a/b": {"c": "\0"}, "map": {"k\0": 1}});
        let body = body.as_object().cloned().unwrap_or_default();
        let mut faults: Vec<_> = nul_faults(&body).into_iter().map(|fault| fault.pointer).collect();
        faults.sort();
        assert_eq!(faults, ["/a~1b/c", "/list/1", "/map", "/name"]);
    }

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        assert_eq!(depth(br#"{"a":[1,{"b":"[[[[\"[["}]}"#), 3);
        assert!(parse("[".repeat(200).as_bytes()).is_err());
    }

    #[test]
    fn a_member_at_fault_is_pointed_at() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Shape {
            #[expect(dead_code, reason = "only its name matters")]
            owner: u8,
        }
        let fault = |text: &str| {
            let error = serde_json::from_str::<Shape>(text).expect_err("refused").to_string();
            shape_fault(&error).faults.remove(0)
        };
        assert_eq!((fault("{}").pointer, fault("{}").code), ("/owner".into(), "required".into()));
        assert_eq!(fault(r#"{"colour":1}"#).pointer, "/colour");
    }
}
