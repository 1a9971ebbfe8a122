//! When a read is worth another try, and after how long.
//!
//! It knows the Hub's two ways of naming a wait; it neither waits nor sends.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::client::Patience;
use super::exchange::Trouble;

/// The longest wait of our own choosing.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// How long to wait before trying again and why, if another try could help.
pub(super) fn advice(
    outcome: &Result<reqwest::Response, Trouble>,
    attempt: u32,
    patience: &Patience,
) -> Option<(Duration, String)> {
    let backoff =
        patience.first_wait.saturating_mul(1 << attempt.saturating_sub(1).min(8)).min(LONGEST_WAIT);
    match outcome {
        Ok(response) => match response.status().as_u16() {
            status @ (408 | 429 | 500 | 502 | 503 | 504) => {
                let wait = named_wait(response.headers()).unwrap_or(backoff);
                Some((wait, format!("the Hub answered {status}")))
            }
            _ => None,
        },
        // Silence has been waited for long enough.
        Err(trouble @ (Trouble::Unreachable(_) | Trouble::Broken(_))) => {
            Some((backoff, trouble.to_string()))
        }
        Err(_) => None,
    }
}

/// The wait an answer asks for: until the quota of `RateLimit: "api";r=0;t=21` is renewed, or
/// `Retry-After` in seconds. The quota is to blame only when nothing of it is left.
pub(super) fn named_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let seconds = text("ratelimit")
        .filter(|limit| number_after(limit, "r=") == Some(0))
        .and_then(|limit| number_after(limit, "t="))
        .or_else(|| text(RETRY_AFTER.as_str()).and_then(|seconds| seconds.trim().parse().ok()))?;
    Some(Duration::from_secs(seconds).saturating_add(Duration::from_secs(1)))
}

fn number_after(text: &str, key: &str) -> Option<u64> {
    text.split(';').find_map(|part| part.trim().strip_prefix(key)?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::named_wait;
    use reqwest::header::{HeaderMap, HeaderValue};
    use std::time::Duration;

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        named_wait(&map)
    }

    #[test]
    fn the_quota_counts_only_when_it_is_used_up() {
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(wait(&[("ratelimit", "\"api\";r=0;t=21")]), seconds(22));
        assert_eq!(wait(&[("ratelimit", "\"api\" ; r = 0 ; t = 21")]), None);
        assert_eq!(wait(&[("ratelimit", "\"api\";r=900;t=21"), ("retry-after", "3")]), seconds(4));
        assert_eq!(wait(&[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")]), None);
        assert_eq!(wait(&[]), None);
    }
}
