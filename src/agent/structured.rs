//! The answer once more, as a JSON document that fits a schema.
//!
//! It is asked for behind the loop and without tools, since gpt-oss and its providers do not do
//! both at once. A document that does not fit is sent back once, with what is wrong with it.

use super::{Agent, Outcome, RunReport, Wanted, ask, keep, whole};
use crate::conversation::{Conversation, PROMPTINGS};
use crate::event::{Event, Events};
use crate::message::{Arguments, AssistantMessage};
use crate::schema::{Schema, Violation};

/// How often a document is asked for.
const ATTEMPTS: u32 = 2;

/// Asks for the answer as a document, if the agent's answers have to be some.
pub(super) async fn answer(
    agent: &mut Agent,
    conversation: &mut Conversation,
    events: &Events,
    report: &mut RunReport,
) -> Result<(), Outcome> {
    let Some(schema) = agent.answer_schema.clone() else {
        return Ok(());
    };
    conversation.push_user(request(&schema));
    let mut attempt = 1;
    loop {
        let reply = ask(agent, conversation, Wanted::Document, events, report).await?;
        let message = without_calls(reply.message);
        report.answer.clone_from(&message.content);
        let fit = schema.fit(&message.content);
        keep(conversation, message, reply.usage);
        whole(&reply.stop)?;
        match fit {
            Ok(fitting) => {
                report.answer = fitting.text;
                report.answer_value = Some(fitting.value);
                return Ok(());
            }
            Err(violations) if attempt == ATTEMPTS => return Err(Outcome::Unfit(violations)),
            Err(violations) => {
                let violations = lines(&violations);
                let detail = violations.join("; ");
                events.send(Event::Repaired { kind: "schema_violated", detail });
                conversation.push_user(correction(&violations));
                attempt += 1;
            }
        }
    }
}

/// A reply as text alone. Where a document is wanted, gpt-oss sometimes writes it as the arguments
/// of a call, of a tool named `json` mostly; there are no tools here that could be meant.
fn without_calls(message: AssistantMessage) -> AssistantMessage {
    let AssistantMessage { mut content, reasoning, tool_calls } = message;
    let call = tool_calls.into_iter().next();
    if let Some(Arguments::Object(arguments)) = call.map(|call| call.arguments)
        && content.trim().is_empty()
    {
        content = serde_json::Value::Object(arguments).to_string();
    }
    AssistantMessage { content, reasoning, tool_calls: Vec::new() }
}

/// What the model is told. It is told the schema in words as well, since a provider that holds the
/// reply to a schema need not show it to the model.
fn request(schema: &Schema) -> String {
    let [request, _] = PROMPTINGS;
    format!(
        "{request} that fits this JSON Schema. Write the document alone, with no other text around \
         it.\n\n{}",
        schema.value()
    )
}

fn correction(violations: &[String]) -> String {
    let [_, correction] = PROMPTINGS;
    format!(
        "{correction}\n- {}\nWrite the whole document again, corrected, \
         with no other text around it.",
        violations.join("\n- ")
    )
}

fn lines(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
}
