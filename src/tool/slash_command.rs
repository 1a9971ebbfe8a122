//! `slash_command`: what an agent may look up about itself, as a person does in a conversation.
//!
//! It changes nothing: what does is the person's to type.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::mcp::{self, Servers};
use super::skill::Skill;
use super::{Caller, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, ToolSet};
use crate::conversation::{BYTES_PER_TOKEN, weigh};
use crate::message::{Message, Schema, ToolSpec};

/// The tool.
pub struct SlashCommand {
    spec: ToolSpec,
    about: About,
}

/// What is to be known of an agent.
pub struct About {
    /// Its model: `hf.openai/gpt-oss-20b:groq`.
    pub model: String,
    /// Its tools, those for looking itself up aside.
    pub tools: ToolSet,
    /// Its MCP servers.
    pub servers: Option<Arc<Servers>>,
    /// The skills it may read.
    pub skills: Vec<Skill>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    command: String,
}

/// What may be looked up.
#[derive(Clone, Copy)]
enum Command {
    Commands,
    Tools,
    Model,
    Usage,
    System,
    Skills,
    Prompts,
    Mcp,
}

/// The commands, by name, and what each shows.
const COMMANDS: &[(&str, Command, &str)] = &[
    ("/commands", Command::Commands, "these commands"),
    ("/tools", Command::Tools, "your tools"),
    ("/model", Command::Model, "your model"),
    ("/usage", Command::Usage, "how long this conversation is"),
    ("/system", Command::System, "your instructions"),
    ("/skills", Command::Skills, "your skills"),
    ("/prompts", Command::Prompts, "the prompts of your MCP servers"),
    ("/mcp", Command::Mcp, "your MCP servers"),
];

/// What a model is told about it.
pub fn spec() -> ToolSpec {
    ToolSpec {
        name: "slash_command".to_owned(),
        description: "Shows something about you: `/commands` lists what there is. Nothing can be \
                      changed with it."
            .to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","properties":{"command":{"type":"string","description":"The command: `/tools`"}},"required":["command"]}"#,
        ),
    }
}

impl SlashCommand {
    /// The tool for an agent of which this is known.
    pub fn new(about: About) -> Self {
        Self { spec: spec(), about }
    }

    async fn run(
        &self,
        arguments: Map<String, Value>,
        context: &ToolContext,
    ) -> Result<Step, ToolError> {
        let arguments = serde_json::from_value(Value::Object(arguments));
        let Arguments { command } = arguments.map_err(|error| ToolError::new(error.to_string()))?;
        let command = command.trim();
        let found = COMMANDS.iter().find(|(name, ..)| *name == command);
        let Some((_, command, _)) = found else {
            let names: Vec<&str> = COMMANDS.iter().map(|(name, ..)| *name).collect();
            return Err(ToolError::new(format!(
                "`{command}` is not for you to use: it is unknown, or the person's to type. There \
                 are, with nothing behind them: {}.",
                names.join(", ")
            )));
        };
        let content = self.show(*command, context).await;
        Ok(Step::Done(ToolOutput {
            summary: "shown".to_owned(),
            content,
            kind: OutputKind::Success,
            foreign: None,
        }))
    }

    async fn show(&self, command: Command, context: &ToolContext) -> String {
        let About { model, tools, servers, skills } = &self.about;
        match command {
            Command::Commands => list(COMMANDS.iter().map(|(name, _, about)| (*name, *about))),
            Command::Tools => {
                let mut tools = tools.clone();
                tools.refresh(&context.events).await;
                let own = [spec(), mcp::get_resource::spec()];
                list(tools.specs().iter().chain(&own).map(|it| (&*it.name, &*it.description)))
            }
            Command::Model => model.clone(),
            Command::Usage => usage(&context.caller),
            Command::System => match context.caller.system_prompt().map(|message| &**message) {
                Some(Message::System { content }) => content.clone(),
                _ => "There are no instructions.".to_owned(),
            },
            Command::Skills => list(skills.iter().map(|it| (&*it.name, &*it.description))),
            Command::Prompts => match servers {
                Some(servers) => {
                    let prompts = servers.prompts(&context.events).await;
                    let lines: Vec<String> = prompts.iter().map(ToString::to_string).collect();
                    lines.join("\n")
                }
                None => list(std::iter::empty()),
            },
            Command::Mcp => {
                let states = servers.iter().flat_map(|servers| servers.states());
                let states = states.map(|(name, down)| {
                    (name, down.map_or_else(|| "usable".to_owned(), |why| format!("down: {why}")))
                });
                let states: Vec<_> = states.collect();
                list(states.iter().map(|(name, state)| (&**name, &**state)))
            }
        }
    }
}

/// Names, and a line about each.
fn list<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let line = |about: &'a str| about.lines().next().unwrap_or_default();
    let lines: Vec<String> = rows.map(|(name, about)| format!("{name}: {}", line(about))).collect();
    if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") }
}

fn usage(caller: &Caller) -> String {
    let tokens = weigh(&caller.messages) as u64 / BYTES_PER_TOKEN;
    format!("{} messages, about {tokens} tokens", caller.messages.len())
}

impl Tool for SlashCommand {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn listens(&self) -> bool {
        true
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(self.run(arguments, context))
    }
}
