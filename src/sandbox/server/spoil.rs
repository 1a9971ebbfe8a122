//! Faults as HTTP: answers instead of the true one, and true ones spoiled.
//!
//! Which fault is due is decided elsewhere.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LINK, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, Uri};
use futures_util::{StreamExt as _, stream};

use super::answer::insert;
use crate::sandbox::faults::AnswerFault;

const LIMITED: &str = "{\"error\":\"We had to rate limit you, you hit the quota of 1000 api requests \
    per 5 minutes period. Upgrade to a PRO user or Team/Enterprise organization account \
    (https://hf.co/pricing) to get higher limits. See \
    https://huggingface.co/docs/hub/rate-limits\"}";
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Hugging Face</title></head>\
    <body><h1>Just a moment…</h1></body></html>\n";
const DOWN: &str = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>\n";

/// What is answered instead of carrying the request out, if the fault is of that kind.
pub(super) fn instead(fault: &AnswerFault, uri: &Uri) -> Option<Response<Vec<u8>>> {
    let json = "application/json; charset=utf-8";
    let html = "text/html; charset=utf-8";
    let limited = StatusCode::TOO_MANY_REQUESTS;
    Some(match fault {
        AnswerFault::Quota => {
            let mut response = respond(limited, json, LIMITED);
            insert(&mut response, HeaderName::from_static("ratelimit"), "\"api\";r=0;t=1");
            response
        }
        AnswerFault::Action => {
            let mut response = respond(limited, json, "{\"error\":\"Too many comments\"}");
            insert(&mut response, RETRY_AFTER, "1");
            response
        }
        AnswerFault::Unavailable => respond(StatusCode::SERVICE_UNAVAILABLE, html, DOWN),
        AnswerFault::Html => respond(StatusCode::OK, html, PAGE),
        AnswerFault::ErrorUnderOk => respond(StatusCode::OK, json, LIMITED),
        AnswerFault::RedirectAway(origin) => {
            let mut response = respond(StatusCode::FOUND, html, "");
            insert(&mut response, LOCATION, &format!("{origin}{uri}"));
            response
        }
        AnswerFault::LinkAway(_)
        | AnswerFault::LinkLoop
        | AnswerFault::Reset
        | AnswerFault::Truncated
        | AnswerFault::NotUtf8 => return None,
    })
}

/// The true answer, spoiled.
pub(super) fn spoil(
    fault: &AnswerFault,
    mut response: Response<Vec<u8>>,
    here: &str,
    uri: &Uri,
) -> Response<Body> {
    match fault {
        AnswerFault::LinkAway(origin) => {
            insert(&mut response, LINK, &format!("<{origin}{uri}>; rel=\"next\""));
        }
        AnswerFault::LinkLoop => {
            insert(&mut response, LINK, &format!("<{here}{uri}>; rel=\"next\""));
        }
        AnswerFault::Truncated => {
            let half = response.body().len() / 2;
            response.body_mut().truncate(half);
        }
        AnswerFault::NotUtf8 => {
            let body = response.body_mut();
            // Into the first string that is a value, so that only its text is broken.
            let place = body.windows(3).position(|bytes| bytes == b"\":\"").map_or(0, |at| at + 3);
            body.splice(place..place, [0xff, 0xfe]);
        }
        AnswerFault::Reset => return reset(response),
        AnswerFault::Quota
        | AnswerFault::Action
        | AnswerFault::Unavailable
        | AnswerFault::Html
        | AnswerFault::ErrorUnderOk
        | AnswerFault::RedirectAway(_) => {}
    }
    response.map(Body::from)
}

/// An answer whose connection ends after half of the body, however much was promised.
fn reset(response: Response<Vec<u8>>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let half = Bytes::copy_from_slice(&body[..body.len() / 2]);
    // What was said so far must be on its way before the end comes.
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    let body = Body::from_stream(stream::iter([Ok(half)]).chain(end));
    Response::from_parts(head, body)
}

fn respond(status: StatusCode, content_type: &'static str, body: &str) -> Response<Vec<u8>> {
    let mut response = Response::new(body.as_bytes().to_vec());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
