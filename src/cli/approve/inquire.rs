//! Questions of tools that are no question of a write, put to the person one line at a time.
//!
//! Who asks and why is the tool's business; the frame that nothing imitates is the renderer's.

use serde_json::Map;

use super::{Approvals, Person};
use crate::event::{Event, Events};
use crate::render::sanitize::reveal;
use crate::tool::ToolContext;
use crate::tool::question::{Answered, Field, FieldKind, Need, Question};

impl Approvals {
    /// Asks the person, if there is one and nothing else is being asked.
    pub(super) async fn inquire(&self, question: Question, context: &ToolContext) -> Answered {
        let Some(person) = &self.person else { return Answered::Nobody };
        let _turn = self.asking.lock().await;
        let mut said = Map::new();
        let mut head = format!("{}\n\n", reveal(&question.text));
        for field in &question.fields {
            let asking = Asking { tool: &question.tool, field, events: &context.events };
            match asking.put(person.as_ref(), &head).await {
                Some(Some(value)) => said.extend([(field.name.clone(), value)]),
                Some(None) => {}
                None => return Answered::Declined,
            }
            head.clear();
        }
        if said.is_empty() { Answered::Declined } else { Answered::Said(said) }
    }
}

/// One thing that is asked for.
struct Asking<'a> {
    tool: &'a str,
    field: &'a Field,
    events: &'a Events,
}

impl Asking<'_> {
    /// Asks until the answer is one; nothing inside if it is left out, nothing at all at the end of
    /// what the person has to say.
    async fn put(&self, person: &dyn Person, head: &str) -> Option<Option<serde_json::Value>> {
        let mut question = format!("{head}{}", self.line());
        loop {
            self.events.send(Event::ApprovalAsked { request: self.tool.to_owned(), question });
            let open = Open(self.events);
            let typed = person.line().await.ok().flatten();
            drop(open);
            let typed = typed?;
            let typed = typed.trim();
            let complaint = match (typed, self.field.need) {
                ("", Need::Optional) => return Some(None),
                ("", Need::Required) => "an answer".to_owned(),
                _ => match self.field.kind.read(typed) {
                    Ok(value) => return Some(Some(value)),
                    Err(wanted) => wanted,
                },
            };
            question = format!("Please type {complaint}.\n{}", self.line());
        }
    }

    /// What is to be typed.
    fn line(&self) -> String {
        let Field { words, kind, need, .. } = self.field;
        let mut line = reveal(words).into_owned();
        let form = match kind {
            FieldKind::Text => String::new(),
            FieldKind::Number => "a number".to_owned(),
            FieldKind::Integer => "a whole number".to_owned(),
            FieldKind::Flag => "yes or no".to_owned(),
            FieldKind::Choice(options) => {
                let options = (1..).zip(options);
                let options: Vec<String> =
                    options.map(|(number, word)| format!("{number} {}", reveal(word))).collect();
                options.join(", ")
            }
        };
        let left_out = if *need == Need::Optional { "an empty line leaves it out" } else { "" };
        for part in [form.as_str(), left_out].into_iter().filter(|part| !part.is_empty()) {
            line = format!("{line} [{part}]");
        }
        line.trim_start().to_owned()
    }
}

/// A question on the screen, which is over when this is dropped.
struct Open<'a>(&'a Events);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.send(Event::ApprovalEnded { choice: Some("answered") });
    }
}
