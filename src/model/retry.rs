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
    /// What the provider advises counts unless nothing can come of it.
    pub(super) fn wait(
        &self,
        error: &ModelError,
        advice: Option<bool>,
        attempt: u32,
    ) -> Option<Duration> {
        let is_worth_it = match (is_passing(error), error.kind) {
            (true, _) => advice != Some(false),
            (false, ModelErrorKind::Rejected | ModelErrorKind::Malformed) => advice == Some(true),
            (false, _) => false,
        };
        if attempt >= self.attempts || !is_worth_it {
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
        | ModelErrorKind::RateLimited
        | ModelErrorKind::Server
        | ModelErrorKind::CutOff
        | ModelErrorKind::Empty => true,
        ModelErrorKind::Rejected => error.status == Some(409),
        ModelErrorKind::Auth
        | ModelErrorKind::Credits
        | ModelErrorKind::Overflow
        | ModelErrorKind::UnsupportedModel
        | ModelErrorKind::Malformed
        | ModelErrorKind::Filtered => false,
    }
}

/// `x-should-retry`, by which a provider says whether to ask again whatever the status.
pub(super) fn advice(headers: &HeaderMap) -> Option<bool> {
    headers.get("x-should-retry")?.to_str().ok()?.trim().parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use ModelErrorKind::{
        Auth, Credits, CutOff, Empty, Malformed, Overflow, RateLimited, Rejected, Server, TimedOut,
        UnsupportedModel,
    };

    type Headers = &'static [(&'static str, &'static str)];

    fn error(kind: ModelErrorKind, status: Option<u16>) -> ModelError {
        let (message, url) = (String::new(), String::new());
        ModelError { kind, message, status, retry_after: None, is_partial: false, url }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_will_not_is_not() {
        for (kind, status, is_tried_again) in [
            (Server, Some(500), true),
            (Server, Some(503), true),
            (RateLimited, Some(429), true),
            (RateLimited, Some(498), true),
            (TimedOut, Some(408), true),
            (TimedOut, None, true),
            (Rejected, Some(409), true),
            (CutOff, None, true),
            (Empty, None, true),
            (Rejected, Some(400), false),
            (Auth, Some(401), false),
            (Credits, Some(402), false),
            (Auth, Some(403), false),
            (Rejected, Some(404), false),
            (UnsupportedModel, Some(404), false),
            (Overflow, Some(413), false),
            (Rejected, Some(422), false),
            (Malformed, Some(200), false),
        ] {
            let wait = RetryPolicy::default().wait(&error(kind, status), None, 1);
            assert_eq!(wait.is_some(), is_tried_again, "{kind:?} {status:?}");
        }
    }

    #[test]
    fn a_provider_may_know_better() {
        for (kind, status, advice, is_tried_again) in [
            (Server, Some(500), Some(false), false),
            (RateLimited, Some(429), Some(false), false),
            (Rejected, Some(400), Some(true), true),
            (Rejected, Some(400), None, false),
            (Auth, Some(401), Some(true), false),
            (Overflow, Some(413), Some(true), false),
        ] {
            let wait = RetryPolicy::default().wait(&error(kind, status), advice, 1);
            assert_eq!(wait.is_some(), is_tried_again, "{kind:?} {status:?} {advice:?}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_end() {
        let policy = RetryPolicy { attempts: 20, ..RetryPolicy::default() };
        let failed = error(Server, Some(500));
        for (attempt, full) in [(1, 500), (2, 1000), (3, 2000), (5, 8000), (19, 8000)] {
            let wait = policy.wait(&failed, None, attempt).unwrap();
            let full = Duration::from_millis(full);
            assert!(full * 3 / 4 <= wait && wait <= full, "{attempt}: {wait:?}");
        }
        assert_eq!(policy.wait(&failed, None, 20), None);
    }

    #[test]
    fn a_provider_may_ask_for_a_minute_and_no_more() {
        let asked = |seconds| {
            let retry_after = Some(Duration::from_secs(seconds));
            let error = ModelError { retry_after, ..error(RateLimited, Some(429)) };
            RetryPolicy::default().wait(&error, None, 1)
        };
        assert_eq!(asked(60), Some(Duration::from_mins(1)));
        assert_eq!(asked(61), None);
    }

    #[test]
    fn every_way_to_ask_for_a_pause_is_understood() {
        let now =
            SystemTime::from(rfc2822::parse("Wed, 21 Oct 2026 07:28:00 GMT").unwrap().timestamp());
        let millis = |millis| Some(Duration::from_millis(millis));
        let cases: &[(Headers, Option<Duration>)] = &[
            (&[("retry-after", "7")], millis(7000)),
            (&[("retry-after", "7.5")], millis(7500)),
            (&[("retry-after", "-1")], millis(0)),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:09 GMT")], millis(9000)),
            (&[("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT")], millis(0)),
            (&[("retry-after", "soon")], None),
            (&[("retry-after-ms", "250"), ("retry-after", "7")], millis(250)),
            // Groq: requests are per day, tokens per minute, and spans have units.
            (
                &[
                    ("x-ratelimit-remaining-requests", "14370"),
                    ("x-ratelimit-reset-requests", "2m59.56s"),
                    ("x-ratelimit-remaining-tokens", "0"),
                    ("x-ratelimit-reset-tokens", "1.57s"),
                ],
                millis(1570),
            ),
            (
                &[
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "2m59.56s"),
                ],
                millis(179_560),
            ),
            // Cerebras: plain seconds.
            (
                &[
                    ("x-ratelimit-remaining-tokens-minute", "0"),
                    ("x-ratelimit-reset-tokens-minute", "11.5"),
                ],
                millis(11_500),
            ),
            (
                &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "120ms")],
                millis(120),
            ),
            (&[("x-ratelimit-reset-tokens", "1.57s")], None),
            (
                &[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "5 parsecs")],
                None,
            ),
            (&[], None),
        ];
        for (headers, expected) in cases {
            let pairs = headers.iter().map(|(name, value)| {
                (name.parse().unwrap(), reqwest::header::HeaderValue::from_static(value))
            });
            assert_eq!(asked_wait(&pairs.collect(), now), *expected, "{headers:?}");
        }
    }
}
