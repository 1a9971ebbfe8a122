//! When a run has gone on for long enough.
//!
//! It knows what a run has used so far and nothing of what it was used for.

use std::time::Duration;

use super::RunReport;

/// What a run may use. It is checked before each model request, and before the calls of a reply, which
/// are made all or none; only time ends a run in the middle. A run that made as many calls as it may
/// still answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Model requests.
    pub turns: u32,
    /// Tool calls.
    pub calls: u32,
    /// Input and output tokens together, as the provider counts them.
    pub tokens: Option<u64>,
    /// Wall-clock time.
    pub time: Option<Duration>,
}

/// A limit that ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// This many model requests were made.
    Turns(u32),
    /// This many tool calls were made.
    Calls(u32),
    /// This many tokens were used.
    Tokens(u64),
    /// This much time passed.
    Time(Duration),
    /// The model's own limit on the length of a reply cut the answer off.
    ReplyLength,
}

impl Limits {
    /// The limit that forbids another model request, if any does.
    pub(super) fn reached(&self, report: &RunReport) -> Option<Limit> {
        let used = report.usage.input_tokens + report.usage.output_tokens;
        if report.turns >= self.turns {
            Some(Limit::Turns(self.turns))
        } else if report.calls.len() > self.calls as usize {
            Some(Limit::Calls(self.calls))
        } else {
            self.tokens.filter(|limit| used >= *limit).map(Limit::Tokens)
        }
    }

    /// The limit that forbids another call, if it is reached.
    pub(super) fn reached_by_calls(&self, report: &RunReport) -> Option<Limit> {
        (report.calls.len() >= self.calls as usize).then_some(Limit::Calls(self.calls))
    }

    /// Waits until the time is up, or forever where there is no limit on it.
    pub(super) async fn out_of_time(&self) -> Limit {
        match self.time {
            Some(time) => {
                tokio::time::sleep(time).await;
                Limit::Time(time)
            }
            None => std::future::pending().await,
        }
    }
}
