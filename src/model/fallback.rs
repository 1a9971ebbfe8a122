//! A model, and others that take its place when it cannot be had.
//!
//! It knows no provider: the others are connected by whoever asks for them, and not before the
//! first one is needed.

use std::collections::VecDeque;
use std::fmt;

use futures_util::future::BoxFuture;

use super::{Model, ModelError, ModelErrorKind, Prompt};
use crate::event::{Event, Events};
use crate::message::{Message, Reply};

/// Makes a model, or says why it cannot be made.
pub type Connect = Box<dyn FnOnce() -> Result<Box<dyn Model>, String> + Send>;

/// A model that may take another's place.
pub struct Fallback {
    /// The model as the person knows it.
    pub name: String,
    /// How it is had.
    pub connect: Connect,
}

/// Whichever model of a row can be had.
struct WithFallbacks {
    current: Box<dyn Model>,
    fallbacks: VecDeque<Fallback>,
    /// What the person is told with the next reply.
    news: Vec<String>,
}

/// Puts models behind one, each to take the place of the one before it for good. If the first cannot
/// even be made, for want of a key for example, the next takes its place at once.
pub fn with_fallbacks<E: fmt::Display>(
    name: &str,
    first: Result<Box<dyn Model>, E>,
    fallbacks: Vec<Fallback>,
) -> Result<Box<dyn Model>, E> {
    if fallbacks.is_empty() {
        return first;
    }
    let mut fallbacks = VecDeque::from(fallbacks);
    let mut news = Vec::new();
    let current = match first {
        Ok(model) => model,
        Err(error) => match next(name, &error.to_string(), &mut fallbacks, &mut news) {
            Some(model) => model,
            None => return Err(error),
        },
    };
    Ok(Box::new(WithFallbacks { current, fallbacks, news }))
}

impl WithFallbacks {
    async fn reply_at_last(
        &mut self,
        prompt: Prompt<'_>,
        events: &Events,
    ) -> Result<Reply, ModelError> {
        loop {
            self.tell(events);
            let error = match self.current.reply(prompt, events).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            if !is_out_of_reach(&error) || has_run_tools(prompt) {
                return Err(error);
            }
            let name = self.current.name().to_owned();
            let next = next(&name, &error.message, &mut self.fallbacks, &mut self.news);
            let Some(model) = next else {
                self.tell(events);
                return Err(error);
            };
            self.current = model;
        }
    }

    fn tell(&mut self, events: &Events) {
        for news in self.news.drain(..) {
            events.send(Event::Warning(news));
        }
    }
}

impl Model for WithFallbacks {
    fn name(&self) -> &str {
        self.current.name()
    }

    fn context(&self) -> Option<u64> {
        self.current.context()
    }

    fn reply<'a>(
        &'a mut self,
        prompt: Prompt<'a>,
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        Box::pin(self.reply_at_last(prompt, events))
    }
}

/// The next model that can be made, in the place of one that failed.
fn next(
    failed: &str,
    why: &str,
    fallbacks: &mut VecDeque<Fallback>,
    news: &mut Vec<String>,
) -> Option<Box<dyn Model>> {
    while let Some(Fallback { name, connect }) = fallbacks.pop_front() {
        match connect() {
            Ok(model) => {
                news.push(format!("{name} takes the place of {failed}: {why}"));
                return Some(model);
            }
            Err(problem) => news.push(format!("the fallback {name} is skipped: {problem}")),
        }
    }
    None
}

/// Whether another model may do where this one cannot be had. What was shown of a reply is not said
/// twice.
fn is_out_of_reach(error: &ModelError) -> bool {
    match error.kind {
        ModelErrorKind::Auth
        | ModelErrorKind::Credits
        | ModelErrorKind::Unreachable
        | ModelErrorKind::Server => !error.is_partial,
        ModelErrorKind::RateLimited
        | ModelErrorKind::Overflow
        | ModelErrorKind::UnsupportedModel
        | ModelErrorKind::Rejected
        | ModelErrorKind::TimedOut
        | ModelErrorKind::Malformed
        | ModelErrorKind::CutOff
        | ModelErrorKind::Empty
        | ModelErrorKind::Filtered => false,
    }
}

/// Whether a tool has run since the person spoke last: another model would have to go on with work
/// it did not begin.
fn has_run_tools(prompt: Prompt<'_>) -> bool {
    let run = prompt.messages.iter().rev();
    let mut run = run.take_while(|message| !matches!(***message, Message::User { .. }));
    run.any(|message| matches!(**message, Message::Tool(_)))
}
