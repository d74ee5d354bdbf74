//! `traceparent` (W3C Trace Context): which trace of the caller a request belongs to.
//!
//! It stands in the log beside the id of the request, so that whoever looks at a trace finds what happened here. Nothing
//! is answered: the standard has no response header, and `X-Request-Id` names the request already.

use actix_web::http::header::{HeaderMap, HeaderName};

const HEADER: HeaderName = HeaderName::from_static("traceparent");

/// The trace, and the step in it that called us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceParent {
    pub trace_id: String,
    pub parent_id: String,
}

impl TraceParent {
    /// What the caller sent, if it keeps to the standard. Anything else is as good as nothing: a caller's mistake in
    /// its tracing is no reason to refuse its request. Two headers contradict each other, so neither counts.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut given = headers.get_all(HEADER);
        let (first, second) = (given.next()?, given.next());
        if second.is_some() {
            return None;
        }
        Self::parse(first.to_str().ok()?)
    }

    /// `version-traceid-parentid-flags` in small hexadecimal digits. Later versions may add parts at the end.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let version = hexadecimal(parts.next()?, 2)?;
        let trace_id = hexadecimal(parts.next()?, 32)?;
        let parent_id = hexadecimal(parts.next()?, 16)?;
        hexadecimal(parts.next()?, 2)?;
        let complete = version != "00" || parts.next().is_none();
        let named = |id: &str| id.bytes().any(|digit| digit != b'0');
        let sound = version != "ff" && complete && named(trace_id) && named(parent_id);
        sound.then(|| Self { trace_id: trace_id.to_owned(), parent_id: parent_id.to_owned() })
    }
}

fn hexadecimal(text: &str, length: usize) -> Option<&str> {
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (text.len() == length && digits).then_some(text)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    const PARENT: &str = "00f067aa0ba902b7";

    fn parsed(text: &str) -> Option<(String, String)> {
        TraceParent::parse(text).map(|parent| (parent.trace_id, parent.parent_id))
    }

    #[test]
    fn the_trace_and_the_step_that_called_are_read() {
        let expected = Some((TRACE.to_owned(), PARENT.to_owned()));
        assert_eq!(parsed(&format!("00-{TRACE}-{PARENT}-01")), expected);
        assert_eq!(parsed(&format!("00-{TRACE}-{PARENT}-00")), expected, "not sampled is a trace too");
        assert_eq!(parsed(&format!("cc-{TRACE}-{PARENT}-01-what-the-future-brings")), expected, "a later version");
    }

    #[test]
    fn what_does_not_keep_to_the_standard_is_ignored() {
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            "00".into(),
            format!("00-{TRACE}-{PARENT}"),
            format!("00-{TRACE}-{PARENT}-01-more"),
            format!("00-{TRACE}-{PARENT}-01-"),
            format!("ff-{TRACE}-{PARENT}-01"),
            format!("0-{TRACE}-{PARENT}-01"),
            format!("00-{zeros}-{PARENT}-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            format!("00-{}-{PARENT}-01", &TRACE[1..]),
            format!("00-{TRACE}-{PARENT}-zz"),
            format!("00-{TRACE}-{PARENT}-1"),
            format!(" 00-{TRACE}-{PARENT}-01"),
            format!("00-{}\n-{PARENT}-01", &TRACE[1..]),
        ] {
            assert_eq!(parsed(&text), None, "{text:?}");
        }
    }

    #[test]
    fn two_headers_contradict_each_other() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(&format!("00-{TRACE}-{PARENT}-01")).expect("a value");
        headers.append(HEADER, value.clone());
        assert!(TraceParent::of(&headers).is_some());
        headers.append(HEADER, value);
        assert_eq!(TraceParent::of(&headers), None);
    }
}
