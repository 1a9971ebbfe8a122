//! Who the token belongs to, remembered for a while: the Hub limits that one question strictly.
//!
//! It remembers what `/whoami-v2` answered and asks nothing on its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::hint::Login;
use super::read::Reading;
use crate::secret::Secret;

/// For how long an answer is good.
const FRESH: Duration = Duration::from_mins(5);

/// The last answer, shared by the clones of a client.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    secret: Secret,
    since: Instant,
    reading: Reading,
}

/// The name in an answer.
pub(super) fn name(reading: &Reading) -> Option<String> {
    reading.data.get("name")?.as_str().map(str::to_owned)
}

impl Identity {
    /// Remembers an answer.
    pub(super) fn learn(&self, secret: Secret, reading: Reading) {
        *self.lock() = Some(Known { secret, since: Instant::now(), reading });
    }

    /// The answer for this token, if it is fresh.
    pub(super) fn recall(&self, secret: &Secret) -> Option<Reading> {
        self.lock()
            .as_ref()
            .filter(|known| known.secret == *secret && known.since.elapsed() < FRESH)
            .map(|known| known.reading.clone())
    }

    /// What is known about a token without asking.
    pub(super) fn login(&self, secret: Option<&Secret>) -> Login {
        let Some(secret) = secret else { return Login::None };
        let role = self.recall(secret).and_then(|reading| {
            reading.data.pointer("/auth/accessToken/role")?.as_str().map(str::to_owned)
        });
        if role.as_deref() == Some("read") { Login::ReadOnly } else { Login::Token }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
