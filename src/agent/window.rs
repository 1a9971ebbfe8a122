//! Room in the model's context: a conversation is made shorter before it is full, and once when the
//! provider says that it is.
//!
//! It counts tokens. How a conversation is made shorter is decided in `conversation`.

use std::fmt;

use super::{Agent, RunReport, Wanted};
use crate::conversation::{Compacted, Conversation, compact, weigh};
use crate::event::{Event, Events};
use crate::message::Reply;
use crate::model::{ModelError, ModelErrorKind, Prompt};

/// A conversation that takes more than this share of the context, in percent, is made shorter: the
/// reply needs room too, and estimates are estimates.
const FULL: u64 = 80;

/// It is made so short that it takes no more than this share, in percent, so that it is not made
/// shorter again with every question: providers have to read it anew each time.
const ROOMY: u64 = 50;

/// What was won by making a conversation shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortened {
    /// About how many tokens it had.
    pub before: u64,
    /// About how many it has.
    pub after: u64,
    /// How many results are digests now.
    pub results: usize,
    /// How many questions are summed up now.
    pub questions: usize,
}

/// Makes a conversation shorter, until it has about this many tokens. None if nothing of it could be
/// shorter.
pub fn shorten(conversation: &mut Conversation, most: u64) -> Option<Shortened> {
    let bytes = weigh(conversation.messages()) as u64;
    let before = conversation.tokens().max(1);
    let most = bytes.saturating_mul(most) / before;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Compacted { messages, shortened: results, folded: questions, fit: _ } =
        compact(conversation.messages(), most);
    let left = weigh(&messages) as u64;
    if left >= bytes {
        return None;
    }
    let after = before.saturating_mul(left) / bytes;
    conversation.replace_all(&messages);
    conversation.note_tokens(after);
    Some(Shortened { before, after, results, questions })
}

/// Asks for the next reply to a conversation that fits, as far as that can be known.
///
/// What the provider refuses as too long is made shorter and asked again, once a run.
pub(super) async fn ask(
    agent: &mut Agent,
    conversation: &mut Conversation,
    wanted: Wanted,
    events: &Events,
    report: &mut RunReport,
) -> Result<Reply, ModelError> {
    if let Some(context) = agent.model.context()
        && conversation.tokens() > percent(context, FULL)
        && let Some(shortened) = shorten(conversation, percent(context, ROOMY))
    {
        report.compactions += 1;
        events.send(Event::Warning(format!(
            "the conversation nears the model's limit of {context} tokens and was made shorter: \
             {shortened}"
        )));
    }
    let tried = reply(agent, conversation, wanted, events).await;
    let Err(ModelError { kind: ModelErrorKind::Overflow, .. }) = tried else { return tried };
    if report.recovered {
        return tried;
    }
    report.recovered = true;
    // The error may have told what the limit is; the estimate has been wrong in any case.
    let half = conversation.tokens() / 2;
    let most = agent.model.context().map_or(half, |context| half.min(percent(context, ROOMY)));
    let Some(shortened) = shorten(conversation, most) else { return tried };
    report.compactions += 1;
    events.send(Event::Warning(format!(
        "the conversation was too long for the model; it was made shorter and is sent again: \
         {shortened}"
    )));
    reply(agent, conversation, wanted, events).await
}

async fn reply(
    agent: &mut Agent,
    conversation: &mut Conversation,
    wanted: Wanted,
    events: &Events,
) -> Result<Reply, ModelError> {
    let messages = conversation.messages();
    let prompt = match wanted {
        Wanted::Reply => Prompt { messages, tools: agent.tools.specs(), schema: None },
        Wanted::Document => {
            let schema = agent.answer_schema.as_ref().map(|schema| schema.value());
            Prompt { messages, tools: &[], schema }
        }
    };
    agent.model.reply(prompt, events).await
}

fn percent(context: u64, share: u64) -> u64 {
    context.saturating_mul(share) / 100
}

impl fmt::Display for Shortened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, after, results, questions } = self;
        write!(f, "about {before} tokens became {after}")?;
        let mut separator = " (";
        for (count, one, many) in [
            (*results, "long result shortened", "long results shortened"),
            (*questions, "question summed up", "questions summed up"),
        ] {
            if count > 0 {
                write!(f, "{separator}{count} {}", if count == 1 { one } else { many })?;
                separator = ", ";
            }
        }
        if separator == ", " { write!(f, ")") } else { Ok(()) }
    }
}
