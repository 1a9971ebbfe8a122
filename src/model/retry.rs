//! Whether a failed request is worth another try, and after what pause.
//!
//! Pure: it sleeps never and sends nothing.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::error::{ModelError, ModelErrorKind};
use super::settings::RetryPolicy;

impl RetryPolicy {
    /// The pause before the next request; none if there is to be none. Attempts count from 1.
    pub(super) fn wait(&self, error: &ModelError, attempt: u32) -> Option<Duration> {
        if attempt >= self.attempts || !is_passing(error) {
            return None;
        }
        match error.retry_after {
            Some(asked) => (asked <= self.patience).then_some(asked),
            None => Some(self.backoff(attempt)),
        }
    }

    /// Twice as long each time, less up to a quarter, so that clients that failed together do not
    /// come back together.
    fn backoff(&self, attempt: u32) -> Duration {
        let doubled = self.first_wait.saturating_mul(1 << (attempt - 1).min(16));
        let full = doubled.min(self.longest_wait);
        let chance = RandomState::new().hash_one(attempt) % 256;
        full / 1024 * (1024 - u32::try_from(chance).unwrap_or_default())
    }
}

/// Whether the same request may well succeed the next time.
fn is_passing(error: &ModelError) -> bool {
    match error.kind {
        ModelErrorKind::Unreachable
        | ModelErrorKind::TimedOut
        | ModelErrorKind::Server
        | ModelErrorKind::CutOff
        | ModelErrorKind::Empty => true,
        // 413 is Groq's "this one request exceeds your tokens per minute": it always will.
        ModelErrorKind::RateLimited => error.status != Some(413),
        ModelErrorKind::Rejected => error.status == Some(409),
        ModelErrorKind::Auth
        | ModelErrorKind::Credits
        | ModelErrorKind::Overflow
        | ModelErrorKind::UnsupportedModel
        | ModelErrorKind::Malformed
        | ModelErrorKind::Filtered => false,
    }
}

/// How long the provider asks to wait: `retry-after-ms`, `retry-after` (seconds or a date), else
/// the reset of whichever rate limit has nothing remaining.
pub(super) fn asked_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(wait) = text("retry-after-ms").and_then(|text| seconds(text, 1000.0)) {
        return Some(wait);
    }
    if let Some(wait) = text(RETRY_AFTER.as_str()) {
        return seconds(wait, 1.0).or_else(|| until(wait, now));
    }
    let resets = headers.iter().filter_map(|(name, reset)| {
        let limit = name.as_str().strip_prefix("x-ratelimit-reset-")?;
        let remaining = text(&format!("x-ratelimit-remaining-{limit}"))?;
        let is_exhausted = remaining.trim().parse::<f64>().is_ok_and(|left| left <= 0.0);
        reset.to_str().ok().filter(|_| is_exhausted).and_then(span)
    });
    resets.max()
}

fn seconds(text: &str, per_second: f64) -> Option<Duration> {
    let count: f64 = text.trim().parse().ok()?;
    Duration::try_from_secs_f64((count / per_second).max(0.0)).ok()
}

/// An HTTP date: `Wed, 21 Oct 2026 07:28:00 GMT`.
fn until(date: &str, now: SystemTime) -> Option<Duration> {
    let date: Timestamp = rfc2822::parse(date.trim()).ok()?.timestamp();
    Some(SystemTime::from(date).duration_since(now).unwrap_or_default())
}

/// A span as Groq and `OpenAI` write it, `2m59.56s`, `1.57s`, `120ms`, or plain seconds (Cerebras).
fn span(text: &str) -> Option<Duration> {
    if let Some(wait) = seconds(text, 1.0) {
        return Some(wait);
    }
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let number_ends = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(number_ends);
        let unit_ends = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_ends);
        let unit = match unit {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        total += seconds(number, 1.0 / unit)?;
        rest = tail;
    }
    Some(total)
}
