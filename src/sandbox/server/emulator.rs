//! One request from end to end: what goes wrong with it, whose it is, who answers it.
//!
//! It knows no endpoint; the answers come from elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Request, Response};

use super::answer::{Answer, Refusal};
use super::ask::{Ask, Caller};
use super::log::{Log, Logged, Sender};
use super::{route, spoil};
use crate::sandbox::faults::{AnswerFault, Faults};
use crate::sandbox::world::World;

/// The most a body may hold; the longest the Hub takes is a comment of 65,536 characters.
const BODY_MAX: usize = 1 << 20;

const RATE_LIMIT: (HeaderName, HeaderValue) =
    (HeaderName::from_static("ratelimit"), HeaderValue::from_static("\"api\";r=997;t=211"));
const RATE_POLICY: (HeaderName, HeaderValue) = (
    HeaderName::from_static("ratelimit-policy"),
    HeaderValue::from_static("\"fixed window\";\"api\";q=1000;w=300"),
);

/// What all requests share.
#[derive(Debug)]
pub(super) struct Emulator {
    origin: String,
    world: Mutex<World>,
    faults: Mutex<Faults>,
    log: Arc<Log>,
}

/// Answers one request.
pub(super) async fn respond(
    State(emulator): State<Arc<Emulator>>,
    request: Request<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_MAX).await.unwrap_or_default();
    let (fault, delay) = emulator.due();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let mut response = emulator.answer(&head, &body, fault.as_ref());
    for (name, value) in [RATE_LIMIT, RATE_POLICY] {
        response.headers_mut().entry(name).or_insert(value);
    }
    match fault {
        Some(fault) => spoil::spoil(&fault, response, &emulator.origin, &head.uri),
        None => response.map(Body::from),
    }
}

impl Emulator {
    /// An emulator at this origin.
    pub(super) fn new(origin: String, world: World, faults: Faults, log: Arc<Log>) -> Self {
        Self { origin, world: Mutex::new(world), faults: Mutex::new(faults), log }
    }

    /// What goes wrong with the next answer, and how long it takes.
    fn due(&self) -> (Option<AnswerFault>, Duration) {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        (faults.take(), faults.delay)
    }

    fn answer(&self, head: &Parts, body: &[u8], fault: Option<&AnswerFault>) -> Response<Vec<u8>> {
        // A panic in an earlier request is no reason to be unable to answer this one.
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let authorization = head.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let caller = Caller::of(&world, authorization);
        self.log.add(Logged {
            method: head.method.to_string(),
            path: head.uri.to_string(),
            sender: Sender::of(authorization.is_some(), caller.as_ref().ok()),
            body: String::from_utf8_lossy(body).into_owned(),
        });
        if let Some(response) = fault.and_then(|fault| spoil::instead(fault, &head.uri)) {
            return response;
        }
        let answer = caller.and_then(|caller| {
            let path = head.uri.path();
            let (answerer, names) =
                route::find(head.method.as_str(), path).ok_or_else(Refusal::no_route)?;
            answerer(&mut Ask {
                world: &mut world,
                caller,
                names,
                path,
                query: head.uri.query().unwrap_or_default(),
                body,
                origin: &self.origin,
            })
        });
        answer.map_or_else(Refusal::into_response, Answer::into_response)
    }
}
