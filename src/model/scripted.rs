//! Built-in models: somebody other than a language model writes the replies.
//!
//! What an [`Author`] writes takes the same way as a provider's stream: wire chunks, assembler,
//! reply. Nothing about the loop is special for them.

mod file;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::assemble::Marker;
use super::fault::Fault;
use super::listen::Listener;
use super::repair::{Family, Mended};
use super::settings::Delivery;
use super::wire::{CallDelta, Choice, Chunk, Delta, FunctionDelta, Index, Text};
use super::{Model, ModelError, Prompt};
use crate::event::Events;
use crate::message::{Message, Reply};

pub use file::FileScript;

/// Writes the replies of a built-in model.
pub trait Author: Send {
    /// The next reply to this conversation.
    fn next(&mut self, prompt: Prompt<'_>) -> ScriptedReply;
}

/// A reply as its author writes it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScriptedReply {
    /// Chain of thought, if any.
    pub reasoning: String,
    /// The visible text.
    pub content: String,
    /// Tool calls: name and arguments.
    pub calls: Vec<(String, Map<String, Value>)>,
    /// An error behind all that, in the place of the stream's proper end.
    pub error: Option<String>,
}

/// A model whose replies an author writes.
pub struct Scripted<A> {
    name: String,
    author: A,
}

impl<A: Author> Scripted<A> {
    /// Makes a model of an author.
    pub fn new(name: String, author: A) -> Self {
        Self { name, author }
    }

    fn play(&mut self, prompt: Prompt<'_>, events: &Events) -> Result<Reply, Fault> {
        let mut listener = Listener::new(Family::Other, Delivery::Streamed, events);
        for chunk in chunks(self.author.next(prompt), calls_so_far(prompt)) {
            listener.hear(chunk)?;
        }
        match listener.conclude(Ok(Marker::Done), prompt)? {
            Mended::Reply(reply) => Ok(reply),
            Mended::Nudge(nudge) => Err(Fault::Unusable(nudge.problem)),
            Mended::Empty(stop) => Err(Fault::Empty(stop)),
        }
    }
}

impl<A: Author> Model for Scripted<A> {
    fn name(&self) -> &str {
        &self.name
    }

    fn reply<'a>(
        &'a mut self,
        prompt: Prompt<'a>,
        events: &'a Events,
    ) -> BoxFuture<'a, Result<Reply, ModelError>> {
        let reply = self.play(prompt, events);
        Box::pin(async move { reply.map_err(|fault| fault.into_error(&self.name)) })
    }
}

/// The author of `builtin.echo`: says what the person said last.
#[derive(Debug, Clone, Copy, Default)]
pub struct Echo;

impl Author for Echo {
    fn next(&mut self, prompt: Prompt<'_>) -> ScriptedReply {
        let said = prompt.messages.iter().rev().find_map(|message| match &**message {
            Message::User { content } => Some(content.clone()),
            Message::System { .. } | Message::Assistant(_) | Message::Tool(_) => None,
        });
        ScriptedReply { content: said.unwrap_or_default(), ..ScriptedReply::default() }
    }
}

/// How many calls a conversation holds, which numbers the next one.
fn calls_so_far(prompt: Prompt<'_>) -> usize {
    let calls = |message: &Arc<Message>| match &**message {
        Message::Assistant(reply) => reply.tool_calls.len(),
        Message::System { .. } | Message::User { .. } | Message::Tool(_) => 0,
    };
    prompt.messages.iter().map(calls).sum()
}

/// Cuts a reply into the chunks a provider would send: text word by word, calls whole and with the
/// ids that come next.
fn chunks(reply: ScriptedReply, first_call: usize) -> Vec<Chunk> {
    let mut deltas = Vec::new();
    if !reply.reasoning.is_empty() {
        deltas.push(Delta { reasoning: Text(reply.reasoning), ..Delta::default() });
    }
    let words = reply.content.split_inclusive(' ').map(|word| Text(word.to_owned()));
    deltas.extend(words.map(|content| Delta { content, ..Delta::default() }));
    let calls = (0..).zip(first_call..).zip(reply.calls);
    deltas.extend(calls.map(|((index, number), (name, arguments))| {
        let arguments = Text(Value::Object(arguments).to_string());
        let function = FunctionDelta { name: Text(name), arguments };
        let call =
            CallDelta { index: Index(Some(index)), id: Text(format!("call_{number}")), function };
        Delta { tool_calls: vec![call], ..Delta::default() }
    }));
    let mut chunks: Vec<Chunk> = deltas.into_iter().map(Chunk::from).collect();
    if let Some(error) = reply.error {
        chunks.push(Chunk { error: Some(Value::String(error)), ..Chunk::default() });
    }
    chunks
}

impl From<Delta> for Chunk {
    fn from(delta: Delta) -> Self {
        Self { choices: vec![Choice { delta, ..Choice::default() }], ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;
    use crate::message::{Arguments, ToolCall};
    use crate::model::ModelErrorKind;

    async fn ask(model: &mut dyn Model, messages: &[Arc<Message>]) -> Result<Reply, ModelError> {
        model.reply(Prompt { messages, tools: &[], schema: None }, &Events::channel().0).await
    }

    fn user(content: &str) -> Arc<Message> {
        Arc::new(Message::User { content: content.to_owned() })
    }

    #[tokio::test]
    async fn an_echo_streams_what_was_said() {
        let (events, mut seen) = Events::channel();
        let messages = [user("hello there")];

        let mut echo = Scripted::new("builtin.echo".to_owned(), Echo);
        let reply = echo
            .reply(Prompt { messages: &messages, tools: &[], schema: None }, &events)
            .await
            .unwrap();

        assert_eq!(reply.message.content, "hello there");
        assert_eq!(seen.try_recv(), Ok(Event::Text("hello ".to_owned())));
        assert_eq!(seen.try_recv(), Ok(Event::Text("there".to_owned())));
    }

    #[tokio::test]
    async fn calls_get_ids_of_their_own_throughout_a_conversation() {
        let script = r#"[
            {"calls": [{"name": "a"}, {"name": "b"}]},
            {"calls": [{"name": "c"}]},
            {"error": "down"}
        ]"#;
        let script = FileScript::parse(script).unwrap();
        let mut model = Scripted::new("builtin.scripted".to_owned(), script);
        let call = |id: &str, name: &str| ToolCall {
            id: id.to_owned(),
            name: name.to_owned(),
            arguments: Arguments::Object(Map::new()),
        };
        let mut messages = vec![user("go")];

        let first = ask(&mut model, &messages).await.unwrap().message;
        assert_eq!(first.tool_calls, [call("call_0", "a"), call("call_1", "b")]);
        messages.push(Arc::new(Message::Assistant(first)));

        let second = ask(&mut model, &messages).await.unwrap().message;
        assert_eq!(second.tool_calls, [call("call_2", "c")]);

        let error = ask(&mut model, &messages).await.unwrap_err();
        assert_eq!((error.kind, error.message), (ModelErrorKind::Server, "down".to_owned()));
    }
}
