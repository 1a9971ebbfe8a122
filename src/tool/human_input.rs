//! `__human_input`: a question of the model to the person.
//!
//! It does not know how a person is asked, nor whether there is one.

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::question::{Answered, Field, FieldKind, Need, Question};
use super::{OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, arguments};
use crate::message::ToolSpec;

/// The most things to fill in.
const MOST_FIELDS: usize = 7;

/// The name of the one field of a question that has none.
const ANSWER: &str = "answer";

/// The tool.
#[derive(Debug)]
pub struct HumanInput {
    spec: ToolSpec,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    message: String,
    title: Option<String>,
    description: Option<String>,
    #[serde(default)]
    fields: Vec<Wanted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    #[serde(default, rename = "type")]
    kind: Kind,
    title: Option<String>,
    description: Option<String>,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    required: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Text,
    Number,
    Boolean,
}

impl HumanInput {
    /// Makes the tool.
    pub fn new() -> Self {
        Self { spec: spec() }
    }
}

impl Default for HumanInput {
    fn default() -> Self {
        Self::new()
    }
}

/// What a model is told about it.
pub fn spec() -> ToolSpec {
    let text = || json!({"type": "string"});
    let field = json!({
        "type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {
            "name": text(),
            "type": {"enum": ["text", "number", "boolean"]},
            "title": text(),
            "description": text(),
            "options": {"type": "array", "items": text(), "description": "The words to choose from."},
            "required": {"type": "boolean"},
        },
    });
    ToolSpec {
        name: "__human_input".to_owned(),
        description: "Ask the person a question and wait for their answer. Use it when you need \
                      something only they know, or a decision that is theirs."
            .to_owned(),
        parameters: json!({
            "type": "object", "additionalProperties": false, "required": ["message"],
            "properties": {
                "message": {"type": "string", "description": "The question."},
                "title": text(),
                "description": text(),
                "fields": {
                    "type": "array", "maxItems": MOST_FIELDS, "items": field,
                    "description": "What they are to fill in, if it is more than one answer.",
                },
            },
        })
        .into(),
    }
}

impl Tool for HumanInput {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let arguments: Arguments = arguments::parse(&self.spec.name, arguments)?;
            let question = question(&self.spec.name, arguments)?;
            let is_one = question.fields.len() == 1 && question.fields[0].name == ANSWER;
            match context.ask(question).await {
                Answered::Said(mut said) => {
                    let content = match said.remove(ANSWER) {
                        Some(Value::String(answer)) if is_one => answer,
                        _ => Value::Object(said).to_string(),
                    };
                    Ok(Step::Done(output(content, "answered", OutputKind::Success)))
                }
                Answered::Declined => {
                    let content = "The person did not want to answer. Go on without it, or say what \
                                   you cannot do.";
                    Ok(Step::Done(output(content.to_owned(), "not answered", OutputKind::Failure)))
                }
                Answered::Nobody => Err(ToolError::new(
                    "nobody can be asked here. Do not try it again: go on without the answer, or \
                     say in your answer what you need to know.",
                )),
            }
        })
    }
}

fn question(tool: &str, arguments: Arguments) -> Result<Question, ToolError> {
    let Arguments { message, title, description, fields } = arguments;
    if fields.len() > MOST_FIELDS {
        let message = format!("at most {MOST_FIELDS} things can be asked for at once");
        return Err(ToolError::new(message));
    }
    let mut fields: Vec<Field> = fields.into_iter().map(field).collect();
    if fields.is_empty() {
        let (kind, need) = (FieldKind::Text, Need::Optional);
        fields.push(Field { name: ANSWER.to_owned(), words: String::new(), kind, need });
    }
    let parts = [title, Some(message), description];
    let parts: Vec<String> =
        parts.into_iter().flatten().filter(|part| !part.trim().is_empty()).collect();
    Ok(Question { tool: tool.to_owned(), text: parts.join("\n"), fields })
}

fn field(wanted: Wanted) -> Field {
    let Wanted { name, kind, title, description, options, required } = wanted;
    let words = match (title, description) {
        (Some(title), Some(description)) => format!("{title}: {description}"),
        (title, description) => title.or(description).unwrap_or_else(|| name.clone()),
    };
    let kind = match kind {
        Kind::Text if !options.is_empty() => FieldKind::Choice(options),
        Kind::Text => FieldKind::Text,
        Kind::Number => FieldKind::Number,
        Kind::Boolean => FieldKind::Flag,
    };
    let need = if required { Need::Required } else { Need::Optional };
    Field { name, words, kind, need }
}

fn output(content: String, summary: &str, kind: OutputKind) -> ToolOutput {
    ToolOutput { content, summary: summary.to_owned(), kind, foreign: None }
}
