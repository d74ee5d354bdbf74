//! What every request gets, whatever answers it: an id, a line in the log that names the caller's trace too, a place in
//! the metrics, and a limit on its address.

use std::future::{Ready, ready};
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use domain::error::Code;
use tracing::{Instrument, Span, field};
use uuid::Uuid;

use super::trace::TraceParent;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, in the response, the log, the audit trail and every problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id of a request that went through [`identify`].
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get().cloned().unwrap_or_else(Self::new)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new() -> Self {
        Self(Uuid::now_v7().simple().to_string())
    }

    /// The caller's own id, if it is harmless enough to be copied into logs.
    fn given(header: Option<&HeaderValue>) -> Option<Self> {
        let text = header?.to_str().ok()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned()))
    }
}

impl FromRequest for RequestId {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// Gives the request its id, and writes down how it went.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = RequestId::given(request.headers().get(HEADER)).unwrap_or_else(RequestId::new);
    request.extensions_mut().insert(id.clone());
    let method = request.method().clone();
    let path = request.path().to_owned();
    let span = span(&id, TraceParent::of(request.headers()));
    let started = Instant::now();
    let running = metrics::gauge!("http_requests_running");
    running.increment(1);
    let outcome = next.call(request).instrument(span.clone()).await;
    running.decrement(1);
    let seconds = started.elapsed().as_secs_f64();
    let (status, route) = match &outcome {
        Ok(response) => (response.status(), response.request().match_pattern()),
        // Given up, and the request with it.
        Err(error) => (error.as_response_error().status_code(), None),
    };
    span.in_scope(|| record(status, route, &method, &path, seconds));
    let mut response = outcome?;
    name(response.headers_mut(), &id);
    Ok(response)
}

/// What every line of the log that a request causes carries.
fn span(id: &RequestId, parent: Option<TraceParent>) -> Span {
    let span = tracing::info_span!("request", id = id.as_str(), trace_id = field::Empty, parent_id = field::Empty);
    if let Some(TraceParent { trace_id, parent_id }) = parent {
        span.record("trace_id", trace_id).record("parent_id", parent_id);
    }
    span
}

/// Tells the id of a request in the answer.
pub fn name(headers: &mut HeaderMap, id: &RequestId) {
    // Only letters that a header may hold come out of both constructors.
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(HEADER, value);
    }
}

/// One line and two figures. The route pattern is the label: a path holds ids, and there is no end of those.
fn record(status: StatusCode, route: Option<String>, method: &Method, path: &str, seconds: f64) {
    let route = route.unwrap_or_else(|| "other".into());
    let labels = [("method", method.to_string()), ("route", route.clone())];
    metrics::histogram!("http_request_seconds", &labels).record(seconds);
    let [method_label, route_label] = labels;
    let status_label = ("status", status.as_str().to_owned());
    metrics::counter!("http_requests_total", &[method_label, route_label, status_label]).increment(1);
    let milliseconds = (seconds * 1e6).round() / 1e3;
    let status = status.as_u16();
    match status {
        500.. => tracing::error!(%method, path, status, milliseconds, "answered"),
        _ if route == "/healthz" || route == "/readyz" => {
            tracing::debug!(%method, path, status, milliseconds, "answered");
        }
        _ => tracing::info!(%method, path, status, milliseconds, "answered"),
    }
}

/// Answers HEAD wherever GET is answered: the routes see a GET, and the connection leaves the body out.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(AsHead);
    }
    next.call(request).await
}

/// Marks a request that asks for no more than the head of an answer.
struct AsHead;

/// Whether only the head of the answer is wanted, so that nothing may be used up for it.
pub fn is_head(request: &HttpRequest) -> bool {
    request.extensions().get::<AsHead>().is_some()
}

/// The longest address that is answered.
pub const LONGEST_ADDRESS: usize = 8 << 10;

/// Whether the address of a request is too long to be answered.
pub fn address_fault(request: &ServiceRequest) -> Option<Code> {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |address| address.as_str().len());
    (length > LONGEST_ADDRESS).then_some(Code::UriTooLong)
}

/// The API speaks JSON: whoever accepts neither that nor everything is told so.
pub fn format_fault(request: &ServiceRequest) -> Option<Code> {
    let accepted = request.headers().get(ACCEPT)?.to_str().ok()?;
    let speaks = |media: &str| {
        let mut parts = media.split(';').map(|part| part.trim().to_ascii_lowercase());
        let name = parts.next().unwrap_or_default();
        let quality = parts.find_map(|part| Some(part.strip_prefix("q=")?.to_owned())).unwrap_or_default();
        let json = matches!(name.as_str(), "*/*" | "application/*" | "") || name.ends_with("json");
        json && quality.trim().parse() != Ok(0.0)
    };
    let strict =
        request.path().starts_with("/api/v1/") && !WITHOUT_JSON.iter().any(|part| request.path().contains(part));
    (strict && !accepted.split(',').any(speaks)).then_some(Code::NotAcceptable)
}

/// Parts of the API that answer with pages, files or streams.
const WITHOUT_JSON: &[&str] = &["/docs", "/events", "/file", "/errors"];

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};

    use super::*;

    /// A log that can be read.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("the log").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The spans of the lines that a request with these headers writes.
    async fn logged(headers: &[(&'static str, &str)]) -> Vec<serde_json::Value> {
        let log = Log::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
        let listening = tracing::subscriber::set_default(lines);
        let handler = || async {
            tracing::info!("at work");
            HttpResponse::Ok().finish()
        };
        let app = init_service(App::new().wrap(from_fn(identify)).route("/", web::get().to(handler))).await;
        let request =
            headers.iter().fold(TestRequest::get().uri("/"), |request, header| request.append_header(*header));
        assert_eq!(call_service(&app, request.to_request()).await.status(), StatusCode::OK);
        drop(listening);
        let text = String::from_utf8(log.0.lock().expect("the log").clone()).expect("UTF-8");
        let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        lines.map(|mut line| line["span"].take()).collect()
    }

    #[actix_web::test]
    async fn every_line_of_the_log_names_the_request_and_the_callers_trace() {
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let spans = logged(&[("x-request-id", "order-7"), ("traceparent", parent)]).await;
        assert_eq!(spans.len(), 2, "the handler's line, and the one about the answer");
        for span in &spans {
            assert_eq!(span["id"], "order-7");
            assert_eq!(span["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
            assert_eq!(span["parent_id"], "00f067aa0ba902b7");
        }
    }

    #[actix_web::test]
    async fn a_malformed_trace_is_not_written_down() {
        for headers in [&[("traceparent", "00-beef-{}-01")][..], &[]] {
            let spans = logged(headers).await;
            assert_eq!(spans.len(), 2);
            assert!(spans.iter().all(|span| span.get("trace_id").is_none() && span["id"].is_string()), "{spans:?}");
        }
    }

    fn given(text: &str) -> Option<RequestId> {
        RequestId::given(HeaderValue::from_str(text).ok().as_ref())
    }

    #[test]
    fn a_harmless_id_of_the_caller_is_kept() {
        assert_eq!(given("order-7_a").map(|id| id.0), Some("order-7_a".into()));
        assert_eq!(given(&"a".repeat(64)).map(|id| id.0.len()), Some(64));
    }

    #[test]
    fn an_id_that_could_forge_a_log_line_is_not() {
        for text in ["", "a b", "a\tb", "单号", "a;b", "{}", &"a".repeat(65)] {
            assert_eq!(given(text), None, "{text:?}");
        }
    }

    #[test]
    fn our_own_id_would_be_accepted_by_others_of_us() {
        assert!(given(RequestId::new().as_str()).is_some());
    }
}
