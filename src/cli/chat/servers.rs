//! What MCP servers add to a conversation: tools that are known when they run, and prompts.
//!
//! It does not know how servers are spoken to.

use super::talk::Talk;
use super::{Next, say, unless_stopped};
use crate::event::{Event, EventStream, Events};
use crate::failure::{Exit, Failure};
use crate::suggest::did_you_mean;
use crate::tool::mcp::Prompt;

impl Talk<'_> {
    /// Finds out which tools there are, starting the servers that have some, unless the person stops
    /// it.
    pub(super) async fn refresh_tools(&mut self) -> Result<(), Next> {
        let (events, told) = Events::channel();
        unless_stopped(self.connected.session.agent.tools.refresh(&events)).await?;
        warn(told);
        Ok(())
    }

    /// Asks what a prompt of a server says, or lists the prompts.
    pub(super) async fn prompt(&mut self, typed: Option<&str>) -> Result<Next, Failure> {
        let usage = |message: String| Failure::new(Exit::Usage, message);
        let Some(servers) = self.connected.session.servers.clone() else {
            return Err(usage("the agent has no MCP servers, and so no prompts".to_owned()));
        };
        let (events, told) = Events::channel();
        let prompts = match unless_stopped(servers.prompts(&events)).await {
            Ok(prompts) => prompts,
            Err(next) => return Ok(next),
        };
        warn(told);
        let Some(typed) = typed else {
            let lines: Vec<String> = prompts.iter().map(ToString::to_string).collect();
            say(if lines.is_empty() { "none".to_owned() } else { lines.join("\n") }.as_str());
            return Ok(Next::Line);
        };
        let words = shlex::split(typed).ok_or_else(|| usage("a quote does not end".to_owned()))?;
        let mut words = words.into_iter();
        let name = words.next().unwrap_or_default();
        let Some(prompt) = Prompt::named(&prompts, &name) else {
            let failure = usage(format!("there is no prompt {name}"));
            let names = prompts.iter().map(|prompt| prompt.name.as_str());
            return Err(match did_you_mean(&name, names) {
                Some(meant) => failure.hint(format!("did you mean {meant}?")),
                None => failure.hint("/prompt lists them"),
            });
        };
        let given: Option<Vec<_>> = words
            .map(|word| word.split_once('=').map(|(name, value)| (name.into(), value.into())))
            .collect();
        let given = given.ok_or_else(|| usage(format!("write it as {prompt}")))?;
        let (events, told) = Events::channel();
        let question = match unless_stopped(servers.prompt(prompt, given, &events)).await {
            Ok(question) => question,
            Err(next) => return Ok(next),
        };
        warn(told);
        let question = question.map_err(|error| Failure::new(Exit::Failed, error))?;
        say(&question);
        Ok(self.ask(question).await)
    }
}

/// Shows what was reported while nothing else was shown.
fn warn(mut told: EventStream) {
    while let Ok(event) = told.try_recv() {
        if let Event::Warning(warning) = event {
            say(&format!("warning: {warning}"));
        }
    }
}
