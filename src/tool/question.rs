//! What a tool may want to know from the person while it is called, and the way there.
//!
//! A tool asks through its context; the tool set puts the question to whoever says yes to writes. It
//! does not know how a person is asked.

use std::fmt;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use super::ToolContext;

/// Something a tool wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The tool that asks.
    pub tool: String,
    /// What is asked, in words of a model or a server.
    pub text: String,
    /// What is to be filled in; at least one.
    pub fields: Vec<Field>,
}

/// One thing to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the answer.
    pub name: String,
    /// What it is, for a person.
    pub words: String,
    /// What may be filled in.
    pub kind: FieldKind,
    /// Whether it may be left out.
    pub need: Need,
}

/// What may be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Flag,
    /// One of these words.
    Choice(Vec<String>),
}

/// Whether a field may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may.
    Optional,
    /// It may not.
    Required,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// What was filled in, by name.
    Said(Map<String, Value>),
    /// The person does not want to answer.
    Declined,
    /// Nobody can be asked here.
    Nobody,
}

impl FieldKind {
    /// Reads what a person typed; if it cannot be that, what it should be.
    pub fn read(&self, typed: &str) -> Result<Value, String> {
        match self {
            Self::Text => Ok(Value::from(typed)),
            Self::Number => {
                let integer = typed.parse::<i64>().ok().map(Value::from);
                let number = || typed.parse::<f64>().ok().filter(|number| number.is_finite());
                let number = integer.or_else(|| number().map(Value::from));
                number.ok_or_else(|| "a number".to_owned())
            }
            Self::Integer => {
                typed.parse::<i64>().map(Value::from).map_err(|_| "a whole number".to_owned())
            }
            Self::Flag => match typed.to_lowercase().as_str() {
                "y" | "yes" | "true" => Ok(Value::from(true)),
                "n" | "no" | "false" => Ok(Value::from(false)),
                _ => Err("yes or no".to_owned()),
            },
            Self::Choice(words) => {
                let by_number =
                    typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                let word = words.iter().find(|word| word.eq_ignore_ascii_case(typed));
                let word = word.or_else(|| words.get(by_number?));
                let wanted = || format!("one of {}", words.join(", "));
                word.map(|word| Value::from(word.as_str())).ok_or_else(wanted)
            }
        }
    }
}

/// A question on its way to the person.
#[derive(Debug)]
pub(super) struct Inquiry {
    pub(super) question: Question,
    pub(super) answer: oneshot::Sender<Answered>,
}

/// Where a tool's questions go; nowhere, outside a tool set.
#[derive(Clone, Default)]
pub struct Questions(Option<mpsc::UnboundedSender<Inquiry>>);

impl fmt::Debug for Questions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Questions" } else { "NoQuestions" })
    }
}

impl ToolContext {
    /// Asks the person, which takes as long as they take.
    pub async fn ask(&self, question: Question) -> Answered {
        let Questions(Some(questions)) = &self.questions else { return Answered::Nobody };
        let (answer, answered) = oneshot::channel();
        match questions.send(Inquiry { question, answer }) {
            Ok(()) => answered.await.unwrap_or(Answered::Nobody),
            Err(_gone) => Answered::Nobody,
        }
    }

    /// The same context, whose questions arrive at the receiver.
    pub(super) fn attended(&self) -> (Self, mpsc::UnboundedReceiver<Inquiry>) {
        let (sender, inquiries) = mpsc::unbounded_channel();
        (Self { questions: Questions(Some(sender)), ..self.clone() }, inquiries)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_typed_is_read_as_what_was_asked_for() {
        let choice = FieldKind::Choice(vec!["Red".to_owned(), "Blue".to_owned()]);
        assert_eq!(FieldKind::Number.read("3"), Ok(json!(3)));
        assert_eq!(FieldKind::Number.read("-1.5"), Ok(json!(-1.5)));
        assert_eq!(FieldKind::Number.read("inf"), Err("a number".to_owned()));
        assert_eq!(FieldKind::Integer.read("3"), Ok(json!(3)));
        assert_eq!(FieldKind::Integer.read("3.5"), Err("a whole number".to_owned()));
        assert_eq!(FieldKind::Flag.read("Yes"), Ok(json!(true)));
        assert_eq!(choice.read("blue"), Ok(json!("Blue")));
        assert_eq!(choice.read("1"), Ok(json!("Red")));
        assert_eq!(choice.read("0"), Err("one of Red, Blue".to_owned()));
    }
}
