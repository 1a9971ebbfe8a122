//! Why a call to the Hub gave no result, as a model is told it.
//!
//! It reads what the Hub says about an error and passes nothing on that was not meant for readers:
//! no HTML, no header, no token. What to do next is said by `hint`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::client::Client;
use super::exchange::{Request, Trouble, Watch};
use super::hint;
use super::retry::named_wait;
use super::scan::Malformed;

/// How much of an error's body is read.
const MOST_BYTES: usize = 64 << 10;

/// How much of an error's text is passed on, in characters.
const MOST_TEXT: usize = 600;

/// A call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where the call went.
    pub url: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// The Hub's word for the kind of error: `RepoNotFound`, `GatedRepo`.
    pub code: Option<String>,
    /// What went wrong, the Hub's own words where it has some.
    pub error: String,
    /// How long the Hub asks to wait.
    pub wait: Option<Duration>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What the call did all the same, had it been a write.
    pub effect: Effect,
}

/// What a failed write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was not sent.
    Unsent,
    /// It was refused, and changed nothing.
    Nothing,
    /// Nobody knows: it was sent, and no answer says what became of it.
    Unknown,
}

/// The answer a problem is found in.
pub(super) struct Sender {
    url: String,
    status: u16,
}

impl Client {
    /// The Hub's answer if it is a success.
    pub(super) async fn answer(
        &self,
        request: &Request<'_>,
        watch: Watch<'_>,
    ) -> Result<reqwest::Response, Problem> {
        let response = self
            .exchange(request, watch)
            .await
            .map_err(|trouble| Problem::unanswered(request.url.as_str(), &trouble))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.refused(response).await)
    }

    /// A whole body, if it is not too large.
    pub(super) async fn body(
        &self,
        response: &mut reqwest::Response,
        most: usize,
    ) -> Result<Vec<u8>, Problem> {
        let sender = Sender::of(response);
        let mut body = Vec::new();
        while let Some(chunk) =
            self.chunk(response).await.map_err(|trouble| sender.cut(&trouble))?
        {
            if body.len() + chunk.len() > most {
                return Err(sender.malformed(Malformed::TooLarge));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn refused(&self, mut response: reqwest::Response) -> Problem {
        let sender = Sender::of(&response);
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (code, message) = (header("x-error-code"), header("x-error-message"));
        let wait = named_wait(response.headers());
        let body = self.body(&mut response, MOST_BYTES).await.unwrap_or_default();
        let mut error = error_text(&body).or(message).unwrap_or_else(|| {
            let reason = response.status().canonical_reason().unwrap_or("no reason given");
            format!("the Hub answered {} {reason}", sender.status)
        });
        // A collection that exists already is named.
        if let Some(slug) = slug(&body) {
            error = format!("{error} ({slug})");
        }
        let effect = match sender.status {
            500.. => Effect::Unknown,
            _ => Effect::Nothing,
        };
        Problem { code, wait, effect, ..sender.problem(error) }
    }
}

impl Problem {
    /// There was an answer, and a field that was asked about is not in it.
    pub(super) fn unknown_field(url: &str, status: u16, field: &str, names: &[String]) -> Self {
        let sender = Sender { url: url.to_owned(), status };
        let hint = Some(format!("The fields are {}.", names.join(", ")));
        Self { hint, ..sender.problem(format!("the answer has no field {field}")) }
    }

    /// There was no answer.
    pub(super) fn unanswered(url: &str, trouble: &Trouble) -> Self {
        Self {
            url: url.to_owned(),
            status: None,
            code: None,
            error: trouble.to_string(),
            wait: None,
            hint: Some(hint::for_trouble(trouble).to_owned()),
            effect: trouble.effect(),
        }
    }

    /// The result a model reads.
    pub fn to_json(&self) -> Value {
        let mut result = Map::new();
        result.insert("url".to_owned(), json!(self.url));
        if let Some(status) = self.status {
            result.insert("status".to_owned(), json!(status));
        }
        result.insert("error".to_owned(), json!(self.error));
        if let Some(hint) = &self.hint {
            result.insert("hint".to_owned(), json!(hint));
        }
        Value::Object(result)
    }

    /// The result in a line, for people.
    pub fn summary(&self) -> String {
        let line: String = self.error.lines().next().unwrap_or_default().chars().take(80).collect();
        match self.status {
            Some(status) => format!("{status} {line}"),
            None => line,
        }
    }
}

impl Sender {
    pub(super) fn of(response: &reqwest::Response) -> Self {
        Self { url: response.url().to_string(), status: response.status().as_u16() }
    }

    /// The answer broke off or came to a standstill.
    pub(super) fn cut(&self, trouble: &Trouble) -> Problem {
        self.problem(format!("the answer broke off ({trouble})"))
    }

    /// The answer is not what it should be.
    pub(super) fn malformed(&self, malformed: Malformed) -> Problem {
        self.problem(match malformed {
            Malformed::Shape(text) => unexpected(&text),
            other => other.to_string(),
        })
    }

    fn problem(&self, error: String) -> Problem {
        Problem {
            url: self.url.clone(),
            status: Some(self.status),
            code: None,
            error,
            wait: None,
            hint: None,
            effect: Effect::Nothing,
        }
    }
}

/// What to say of an answer that is no result although its status says so.
pub(super) fn unexpected(body: &[u8]) -> String {
    if is_html(body) {
        return "the answer is an HTML page, not JSON".to_owned();
    }
    match error_text(body) {
        Some(error) => format!("the answer is an error in spite of its status: {error}"),
        None if body.iter().all(u8::is_ascii_whitespace) => "the answer is empty".to_owned(),
        None => "the answer is not the JSON that was expected".to_owned(),
    }
}

fn is_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// The message in an error's body: `error` (text or texts), `error_description`, or `errors`.
/// A short plain text is a message too; HTML is not.
fn error_text(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let message = match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(object)) => ["error", "error_description", "errors", "message"]
            .iter()
            .find_map(|key| object.get(*key).and_then(message_in)),
        Ok(Value::String(text)) => Some(text),
        Ok(_) => None,
        Err(_) if is_html(body) || text.contains('\0') => None,
        Err(_) => Some(text.trim().to_owned()),
    };
    message
        .filter(|message| !message.trim().is_empty())
        .map(|message| message.chars().take(MOST_TEXT).collect())
}

fn slug(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("slug")?.as_str()?.chars().take(MOST_TEXT).collect())
}

fn message_in(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().filter_map(message_in).collect();
            (!texts.is_empty()).then(|| texts.join("; "))
        }
        Value::Object(object) => object.get("message").and_then(message_in),
        _ => None,
    }
}
