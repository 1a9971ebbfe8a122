//! The ordered messages of a conversation, and the one rule they obey: every tool call is answered
//! before the next message.
//!
//! It knows no model and no disk.

mod asides;
mod compact;
mod terms;
mod weight;

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use crate::message::{AssistantMessage, Message, ToolCall, ToolMessage};

pub use asides::Asides;
pub use compact::{Compacted, Fit, KEPT_TURNS, compact};
pub use weight::weigh;

/// How many bytes make a token, where no provider has counted. English prose has four, names and
/// numbers in JSON have three.
pub const BYTES_PER_TOKEN: u64 = 3;

/// What stands where a tool result was.
const DROPPED: &str = "(This result was dropped to save room. Call the tool again if you need it.)";

/// How the program begins what it says in the person's place: that the answer is wanted as a
/// document, and what is wrong with one.
pub const PROMPTINGS: [&str; 2] =
    ["Now write that answer as one JSON document", "That document does not fit the schema:"];

/// An ordered list of messages.
///
/// Messages are shared, so that a model can recognize by pointer what it has already encoded and
/// send the earlier part byte for byte as before.
#[derive(Debug, Default)]
pub struct Conversation {
    messages: Vec<Arc<Message>>,
    foreign: Option<Arc<str>>,
    asides: Arc<Asides>,
    journal: Option<Arc<dyn Journal>>,
    counted: Counted,
}

/// What a provider counted at last.
#[derive(Debug, Default)]
struct Counted {
    /// How many messages it had read and written then.
    messages: usize,
    tokens: u64,
}

/// A change of a conversation. Whoever makes the same changes in the same order has the same
/// conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A message was said.
    Added(Arc<Message>),
    /// Messages were taken out, and others put in their place.
    Replaced {
        /// Which, counted from 0.
        range: Range<usize>,
        /// What stands there now.
        by: Vec<Arc<Message>>,
    },
    /// The conversation now holds this piece of what other people wrote.
    Foreign(Arc<str>),
    /// An agent that was called is to remember what was said in the call.
    Aside {
        /// Its name.
        agent: String,
        /// What was said.
        messages: Vec<Arc<Message>>,
    },
}

/// Who is told of every change of a conversation, as it happens. It may not keep anybody waiting.
pub trait Journal: Debug + Send + Sync {
    /// Takes note of a change that was made.
    fn changed(&self, change: &Change);
}

impl Conversation {
    /// Starts a conversation with a system prompt.
    pub fn new(system_prompt: String) -> Self {
        let mut conversation = Self::default();
        if !system_prompt.is_empty() {
            conversation.push(Message::System { content: system_prompt });
        }
        conversation
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> &[Arc<Message>] {
        &self.messages
    }

    /// Appends what the person said.
    pub fn push_user(&mut self, content: String) {
        self.push(Message::User { content });
    }

    /// Appends a reply. Calls in it must be answered with [`Self::push_result`].
    pub fn push_reply(&mut self, message: AssistantMessage) {
        self.push(Message::Assistant(message));
    }

    /// Appends the result of one call. Results stand in the order of the calls.
    pub fn push_result(&mut self, result: ToolMessage) {
        self.push(Message::Tool(result));
    }

    /// Takes the person's last message and all that came after it out, and returns what they said. What is
    /// only summed up stays.
    pub fn take_back(&mut self) -> Option<String> {
        let said = |message: &Arc<Message>| match &**message {
            Message::User { content } => {
                let mut ours = PROMPTINGS.into_iter().chain([compact::OPENING]);
                let is_theirs = !ours.any(|start| content.starts_with(start));
                is_theirs.then(|| content.clone())
            }
            Message::System { .. } | Message::Assistant(_) | Message::Tool(_) => None,
        };
        let of = |(index, message)| Some((index, said(message)?));
        let (last, said) = self.messages.iter().enumerate().rev().find_map(of)?;
        self.replace(last..self.messages.len(), Vec::new());
        Some(said)
    }

    /// Whether it begins with a system prompt.
    pub fn has_system_prompt(&self) -> bool {
        self.messages.first().is_some_and(|message| matches!(**message, Message::System { .. }))
    }

    /// Puts another system prompt in the place of the one it has.
    pub fn replace_system_prompt(&mut self, system_prompt: String) {
        let has_prompt = self.has_system_prompt();
        let by = Self::new(system_prompt).messages;
        if self.messages.get(..usize::from(has_prompt)) != Some(by.as_slice()) {
            self.replace(0..usize::from(has_prompt), by);
        }
    }

    /// Takes messages out, and puts others in their place. What of the range is not there is not
    /// taken out.
    pub fn replace(&mut self, range: Range<usize>, by: Vec<Arc<Message>>) {
        self.apply(Change::Replaced { range, by });
    }

    /// Puts other messages in the place of all it has. Those at the beginning and at the end that
    /// are the same are not touched.
    pub fn replace_all(&mut self, messages: &[Arc<Message>]) {
        let is_same = |(old, new): &(&Arc<Message>, &Arc<Message>)| Arc::ptr_eq(old, new);
        let start = self.messages.iter().zip(messages).take_while(is_same).count();
        let (old, new) = (&self.messages[start..], &messages[start..]);
        let end = old.iter().rev().zip(new.iter().rev()).take_while(is_same).count();
        let by = new[..new.len() - end].to_vec();
        self.replace(start..self.messages.len() - end, by);
    }

    /// Remembers that a provider counted this many tokens for the messages there are now.
    pub fn note_tokens(&mut self, tokens: u64) {
        self.counted = Counted { messages: self.messages.len(), tokens };
    }

    /// About how many tokens it has: what a provider counted, and an estimate for what came since.
    pub fn tokens(&self) -> u64 {
        let Counted { messages, tokens } = self.counted;
        tokens + weigh(&self.messages[messages..]) as u64 / BYTES_PER_TOKEN
    }

    /// Tells `journal` of every change from now on.
    pub fn journal(&mut self, journal: Arc<dyn Journal>) {
        self.journal = Some(journal);
    }

    /// Makes a change.
    pub fn apply(&mut self, change: Change) {
        if let Some(journal) = &self.journal {
            journal.changed(&change);
        }
        match change {
            Change::Added(message) => self.messages.push(message),
            Change::Replaced { range, by } => {
                let end = range.end.min(self.messages.len());
                let start = range.start.min(end);
                self.messages.splice(start..end, by);
                if start < self.counted.messages {
                    self.counted = Counted::default();
                }
            }
            Change::Foreign(text) => self.foreign = Some(text),
            Change::Aside { agent, messages } => {
                Arc::make_mut(&mut self.asides).entry(agent).or_default().extend(messages);
            }
        }
    }

    /// A piece of the last result that held text other people wrote, if there was such a result.
    ///
    /// Whoever approves a write should know that the model may be acting on somebody else's words.
    pub fn foreign(&self) -> Option<Arc<str>> {
        self.foreign.clone()
    }

    /// Remembers that the conversation now holds this piece of what other people wrote.
    pub fn note_foreign(&mut self, text: String) {
        self.apply(Change::Foreign(text.into()));
    }

    /// What agents that were called remember of it, by their names.
    pub fn asides(&self) -> Arc<Asides> {
        Arc::clone(&self.asides)
    }

    /// Has an agent remember what was said in a call of it.
    pub fn remember(&mut self, agent: String, said: &[Arc<Message>]) {
        let before = self.asides.get(&agent).map(Vec::as_slice).unwrap_or_default();
        let messages = asides::told_apart(said, before);
        self.apply(Change::Aside { agent, messages });
    }

    /// Puts what was said elsewhere before the person's last message, which stays the last and is
    /// still answered by what follows it.
    pub fn insert_before_question(&mut self, said: &[Arc<Message>]) {
        let last = self.messages.iter().rposition(|m| matches!(**m, Message::User { .. }));
        let at = last.unwrap_or(self.messages.len());
        self.replace(at..at, asides::told_apart(said, &self.messages));
    }

    /// Gives every call that has no result yet this text for one, so that the conversation may go
    /// on: providers refuse a call without a result.
    pub fn answer_open_calls(&mut self, content: &str) {
        let mut open: Vec<ToolCall> = Vec::new();
        for message in &self.messages {
            match &**message {
                Message::Assistant(reply) => open.extend(reply.tool_calls.iter().cloned()),
                Message::Tool(result) => open.retain(|call| call.id != result.call_id),
                Message::System { .. } | Message::User { .. } => {}
            }
        }
        for ToolCall { id, name, .. } in open {
            self.push_result(ToolMessage { call_id: id, name, content: content.to_owned() });
        }
    }

    /// Drops what tool results say, so that they are not read again with every question. The calls
    /// stay, and so do results that are no longer than the note that takes their place; what comes
    /// before the first that is dropped stays byte for byte.
    pub fn drop_results(&mut self) {
        let dropped = |message: &Arc<Message>| match &**message {
            Message::Tool(result) if result.content.len() > DROPPED.len() => {
                let result = ToolMessage { content: DROPPED.to_owned(), ..result.clone() };
                Arc::new(Message::Tool(result))
            }
            _ => Arc::clone(message),
        };
        let messages: Vec<_> = self.messages.iter().map(dropped).collect();
        if messages.iter().zip(&self.messages).any(|(new, old)| !Arc::ptr_eq(new, old)) {
            self.replace_all(&messages);
        }
    }

    fn push(&mut self, message: Message) {
        self.apply(Change::Added(Arc::new(message)));
    }
}
