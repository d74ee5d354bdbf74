//! Failures that no handler saw: unknown addresses, unsupported methods, bodies the framework would not read.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::request::RequestId;

const PROBLEM: &str = "application/problem+json";

/// Headers of a bare failure that mean something beyond its status.
const KEPT: [HeaderName; 3] = [ALLOW, RETRY_AFTER, WWW_AUTHENTICATE];

/// Answers a request that cannot be served, in the reader's language.
pub fn refuse(request: &HttpRequest, status: StatusCode) -> HttpResponse {
    let (code, chinese, english) = words(status);
    let title = if prefers_english(request) {
        english
    } else {
        chinese
    };
    let body = json!({
        "type": format!("/problems/{code}"),
        "title": title,
        "status": status.as_u16(),
        "detail": title,
        "instance": request.path(),
        "code": code,
        "request_id": RequestId::of(request).as_str(),
    });
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, PROBLEM))
        .body(body.to_string())
}

/// Replaces a bare failure of the framework by a problem; everything else passes unchanged.
pub fn explain(response: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || is_problem(response.headers().get(CONTENT_TYPE)) {
        return response.map_into_boxed_body();
    }
    let mut problem = refuse(response.request(), status);
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

fn words(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status.as_u16() {
        404 => ("not_found", "没有找到", "Not found"),
        405 => (
            "method_not_allowed",
            "不支持这种操作",
            "This method is not supported here",
        ),
        413 => ("body_too_large", "提交的内容过大", "The body is too large"),
        414 => ("address_too_long", "地址过长", "The address is too long"),
        415 => (
            "unsupported_media_type",
            "不支持这种内容格式",
            "This media type is not supported",
        ),
        503 => (
            "unavailable",
            "服务暂时不可用",
            "The service is not available right now",
        ),
        400..500 => (
            "bad_request",
            "请求无法理解",
            "The request cannot be understood",
        ),
        _ => (
            "internal",
            "服务器内部错误",
            "Something went wrong on the server",
        ),
    }
}

/// Chinese unless the first language that the reader names is English.
fn prefers_english(request: &HttpRequest) -> bool {
    let languages = request.headers().get(ACCEPT_LANGUAGE);
    languages.is_some_and(|value| value.as_bytes().starts_with(b"en"))
}
