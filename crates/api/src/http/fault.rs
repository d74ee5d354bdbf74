//! Failures that no handler saw: unknown addresses, unsupported methods, bodies the framework would not read.

use std::collections::BTreeMap;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpRequest, HttpResponse, web};
use domain::error::{Code, Error, Fault, Problem};
use domain::messages;
use domain::platform::users::Locale;

use super::methods::Methods;
use super::request::RequestId;
use crate::auth;

const PROBLEM: &str = "application/problem+json";

/// Headers of a bare failure that mean something beyond its status.
const KEPT: [HeaderName; 4] = [ALLOW, RETRY_AFTER, WWW_AUTHENTICATE, super::write::REPLAYED];

/// Who is told of a refusal, and of which request.
#[derive(Debug)]
pub struct Reader {
    locale: Locale,
    path: String,
    request_id: RequestId,
}

impl Reader {
    pub fn of(request: &HttpRequest) -> Self {
        Self { locale: locale(request), path: request.path().to_owned(), request_id: RequestId::of(request) }
    }

    pub fn request_id(&self) -> &RequestId {
        &self.request_id
    }
}

/// Answers a request that cannot be served, in the reader's language.
pub fn refuse(request: &HttpRequest, code: Code) -> HttpResponse {
    explained(request, Error::new(code))
}

/// Puts a refusal into words.
pub fn explained(request: &HttpRequest, error: Error) -> HttpResponse {
    told(&Reader::of(request), error)
}

/// The same for a request that is no longer at hand.
pub fn told(reader: &Reader, error: Error) -> HttpResponse {
    let code = error.code;
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.content_type(PROBLEM);
    if let Some(current) = &error.current {
        response.insert_header((ETAG, format!("\"{current}\"")));
    }
    if let Some(seconds) = error.retry_after {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if code.status() == 401 {
        response.insert_header((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
    }
    response.json(problem(reader, error))
}

/// A refusal in the reader's words.
pub fn problem(reader: &Reader, error: Error) -> Problem {
    let locale = reader.locale;
    let code = error.code;
    let words = |key: String| messages::text(locale, &key, &BTreeMap::new());
    let mut errors = error.faults;
    for fault in &mut errors {
        fault.detail = sentence(&fault.code, &fault.params, locale);
    }
    Problem {
        kind: format!("/problems/{}", code.word()),
        title: words(format!("problem.{}", code.word())),
        status: code.status(),
        detail: words(format!("problem.{}.detail", code.word())),
        instance: reader.path.clone(),
        code: code.word().to_owned(),
        request_id: reader.request_id.as_str().to_owned(),
        errors,
    }
}

/// What a fault means. Something that was refused whole, such as a row or an item, bears the code of the refusal.
pub fn sentence(code: &str, params: &BTreeMap<String, String>, locale: Locale) -> String {
    let key = format!("fault.{code}");
    let key = if messages::lookup(locale, &key).is_some() { key } else { format!("problem.{code}") };
    messages::text(locale, &key, &labelled(params, locale))
}

/// Resource and field by the names that the reader knows them by.
fn labelled(params: &BTreeMap<String, String>, locale: Locale) -> BTreeMap<String, String> {
    let mut params = params.clone();
    if let Some(resource) = params.get("resource").cloned() {
        let label = |name: &str| messages::lookup(locale, &format!("resource.{name}")).map(str::to_owned);
        if let Some(field) = params.get_mut("field") {
            let own = Some(messages::field_label(locale, &resource, field)).filter(|label| !label.is_empty());
            // A field that lies beside the record, such as the roles of a person, is called like what it names.
            *field = own.map(str::to_owned).or_else(|| label(field)).unwrap_or_else(|| field.clone());
        }
        params.extend(label(&resource).map(|label| ("resource".to_owned(), label)));
    }
    params
}

/// A refusal as one text, for those who are not asking by HTTP.
pub fn in_words(error: &Error, locale: Locale) -> String {
    let fault = |fault: &Fault| {
        let sentence = sentence(&fault.code, &fault.params, locale);
        let place = fault.pointer.trim_start_matches('/');
        if place.is_empty() { sentence } else { format!("{place}: {sentence}") }
    };
    if error.faults.is_empty() {
        return messages::text(locale, &format!("problem.{}.detail", error.code.word()), &BTreeMap::new());
    }
    error.faults.iter().map(fault).collect::<Vec<_>>().join(" ")
}

/// Answers a request whose method its address does not know: who must bring a token is told that first, everybody else
/// which methods there are. Nothing if the address is not known either.
pub fn other_method(request: &HttpRequest) -> Option<HttpResponse> {
    let methods = request.app_data::<web::Data<Methods>>()?;
    let allowed = methods.allowed(request.path())?;
    if methods.needs_token(request.path()) && !auth::has_token(request) {
        return Some(refuse(request, Code::Unauthenticated));
    }
    let mut refusal = refuse(request, Code::MethodNotAllowed);
    refusal.headers_mut().insert(ALLOW, HeaderValue::from_str(&allowed).ok()?);
    Some(refusal)
}

/// Replaces a bare failure of the framework by a problem; everything else passes unchanged.
pub fn explain(response: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || is_problem(response.headers().get(CONTENT_TYPE)) {
        return response.map_into_boxed_body();
    }
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Some(refusal) = other_method(response.request())
    {
        return response.into_response(refusal);
    }
    let reason = response.response().extensions().get::<Error>().cloned();
    let mut problem = explained(response.request(), reason.unwrap_or_else(|| Error::new(code_of(status))));
    for name in KEPT {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    response.into_response(problem)
}

fn is_problem(media_type: Option<&HeaderValue>) -> bool {
    media_type.is_some_and(|value| value.as_bytes().starts_with(PROBLEM.as_bytes()))
}

/// The framework knows fewer reasons than we do.
fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        406 => Code::NotAcceptable,
        413 => Code::PayloadTooLarge,
        414 => Code::UriTooLong,
        415 => Code::UnsupportedMediaType,
        503 => Code::Unavailable,
        400..500 => Code::Malformed,
        _ => Code::Internal,
    }
}

/// The first language of the reader that we speak; Chinese if there is none.
pub fn locale(request: &HttpRequest) -> Locale {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut languages = header.unwrap_or_default().split(',').map(str::trim);
    let spoken = languages.find_map(|language| match language.get(..2)?.to_ascii_lowercase().as_str() {
        "zh" => Some(Locale::Chinese),
        "en" => Some(Locale::English),
        _ => None,
    });
    spoken.unwrap_or(Locale::Chinese)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn locale_of(languages: &str) -> &'static str {
        let request = TestRequest::default().insert_header((ACCEPT_LANGUAGE, languages));
        locale(&request.to_http_request()).word()
    }

    #[test]
    fn the_first_language_that_we_speak_counts() {
        assert_eq!(locale_of("en-GB,zh;q=0.8"), Locale::English.word());
        assert_eq!(locale_of("fr, en;q=0.5, zh;q=0.1"), Locale::English.word());
        assert_eq!(locale_of("zh-CN"), Locale::Chinese.word());
        assert_eq!(locale_of(""), Locale::Chinese.word());
    }
}
