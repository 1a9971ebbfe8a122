//! Sends a write that somebody approved, once, and finds out what became of it.
//!
//! It asks nobody. A write is never repeated: where its answer was lost, the Hub is asked whether
//! it shows.

use serde_json::Value;

use super::catalog::{Method, Repeat, Write};
use super::client::{Client, Shaping};
use super::exchange::{Request, Watch};
use super::problem::{Effect, Problem, Sender};
use super::readback::Trace;
use super::route::Route;
use super::scan::Malformed;
use super::shape::{self, LeftOut};

/// The largest answer to a write that is read.
const MOST_BYTES: usize = 8 << 20;

/// A write that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Where it was sent.
    pub url: String,
    /// The status of the answer; nothing where there was none and the Hub was looked at instead.
    pub status: Option<u16>,
    /// The answer, whole.
    pub answer: Value,
    /// The answer without decoration.
    pub data: Value,
    /// What was left out of it.
    pub left_out: Vec<String>,
    /// What else is to be said.
    pub note: Option<String>,
}

impl Client {
    /// Sends a write with exactly this body.
    pub async fn perform(
        &self,
        (route, write): (&Route, &Write),
        body: Option<&Value>,
        watch: Watch<'_>,
    ) -> Result<Done, Problem> {
        let url = self.url(&route.path, &[]);
        let request = Request { method: Method::Post, url, body };
        let problem = match self.sent(&request, watch).await {
            Ok(done) => return Ok(done),
            Err(problem) => problem,
        };
        if problem.effect != Effect::Unknown {
            return Err(self.advise(problem, route));
        }
        tokio::time::sleep(self.settings.patience.settle).await;
        let fields = body.and_then(Value::as_object).cloned().unwrap_or_default();
        match self.trace((route, write.kind), &fields, watch).await {
            Trace::Seen(evidence) => Ok(self.done(
                (problem.url, None),
                evidence,
                Some(format!(
                    "The Hub's answer was lost ({}), but it happened: data shows it as the Hub \
                     has it now.",
                    problem.error
                )),
            )),
            Trace::NotSeen(place) => Err(unseen(problem, write.repeat, &place)),
            Trace::Unknown(place) => Err(unknown(problem, &place)),
        }
    }

    async fn sent(&self, request: &Request<'_>, watch: Watch<'_>) -> Result<Done, Problem> {
        let mut response = self.answer(request, watch).await?;
        let (url, status) = (response.url().to_string(), response.status().as_u16());
        // An answer that cannot be read proves nothing, whatever its status.
        let unread = |problem| Problem { effect: Effect::Unknown, ..problem };
        let body = self.body(&mut response, MOST_BYTES).await.map_err(unread)?;
        match serde_json::from_slice::<Value>(&body) {
            Ok(answer) if answer.get("error").is_none() => {
                Ok(self.done((url, Some(status)), answer, None))
            }
            _ => Err(unread(Sender::of(&response).malformed(Malformed::Shape(body)))),
        }
    }

    fn done(
        &self,
        (url, status): (String, Option<u16>),
        answer: Value,
        note: Option<String>,
    ) -> Done {
        let mut data = answer.clone();
        let mut left_out = LeftOut::default();
        if self.settings.shaping == Shaping::Compact {
            shape::tidy(&mut data, &mut left_out);
        }
        Done { url, status, answer, data, left_out: left_out.into_names(), note }
    }
}

/// The answer was lost and the Hub does not show the write.
fn unseen(problem: Problem, repeat: Repeat, place: &str) -> Problem {
    let warning = match repeat {
        Repeat::Doubles => " If it shows up late, sending it again would make it twice.",
        Repeat::Refused | Repeat::Harmless => "",
    };
    Problem {
        error: format!("{}; GET {place} does not show it (yet)", problem.error),
        hint: Some(format!(
            "Most likely it did not happen. Do not send it again on your own: tell the person, and \
             look at GET {place} first.{warning}"
        )),
        ..problem
    }
}

/// The answer was lost and the Hub could not be looked at.
fn unknown(problem: Problem, place: &str) -> Problem {
    Problem {
        error: format!("{}; it is unknown whether it happened", problem.error),
        hint: Some(format!(
            "Do not send it again on your own: tell the person that it may have happened, and look \
             at GET {place} when the Hub answers again."
        )),
        ..problem
    }
}
