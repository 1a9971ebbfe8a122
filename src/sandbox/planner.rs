//! `builtin.hub`: a small planner in the place of a language model, so that the program can be tried
//! without a key.
//!
//! It understands the questions the first card is about when they are put in plain English, asks for
//! the tool calls that answer them and puts the results into words. It looks at nothing but the
//! conversation, so it goes through the same loop as any model. It knows no server and no tool.

mod call;
mod intents;
mod known;
mod name;
mod outcome;
mod pattern;
mod phrase;
mod plan;
mod question;
mod sentence;
mod vocabulary;

use crate::model::Prompt;
use crate::model::scripted::{Author, ScriptedReply};

use self::call::TOOL;
use self::known::{Known, Stop};

/// What it says when it does not understand.
const HELP: &str = "\
I am a small planner, not a language model, and I did not understand that. I can tell you about

- users and organizations: `who is ada-moreau`, `which organizations is ada-moreau a member of`, \
`who follows ada-moreau`, `what does ada-moreau like`, `members of lumen-labs`
- discussions and pull requests: `open pull requests on lumen-labs/aurora-7b`, \
`discussion 7 of lumen-labs/aurora-7b`, `who opens the most discussions on lumen-labs/aurora-7b`
- access and collections: `pending access requests of ada-moreau/gated-mini`, \
`do I have access to lumen-labs/aurora-7b`, `collections of lumen-labs`
- the token: `what can my token do`

and I can comment, open, close, accept, grant and add: \
`comment on discussion 7 of lumen-labs/aurora-7b: Thank you`.

For everything else, use a model: set `HF_TOKEN` and drop `--sandbox`, or name a local one, as in \
`--model ollama.gpt-oss:20b`.";

/// What it says when the card has no tool that it could use.
const NO_TOOL: &str = "\
I can answer only with the tool `hf_api_request`, and this card does not have it. Use a model for \
this card: set `HF_TOKEN` and drop `--sandbox`, or name a local one, as in \
`--model ollama.gpt-oss:20b`.";

/// The planner. It keeps nothing between replies.
#[derive(Debug, Clone, Copy, Default)]
pub struct HubPlanner;

impl Author for HubPlanner {
    fn next(&mut self, prompt: Prompt<'_>) -> ScriptedReply {
        let known = Known::since_question(prompt);
        let Some(question) = intents::understand(known.question()) else {
            return say(HELP.to_owned());
        };
        if !prompt.tools.iter().any(|tool| tool.name == TOOL) {
            return say(NO_TOOL.to_owned());
        }
        match plan::answer(&question, &known) {
            Ok(answer) | Err(Stop::Tell(answer)) => say(answer),
            Err(Stop::Ask(calls)) => ScriptedReply {
                calls: calls.into_iter().map(|call| (TOOL.to_owned(), call.0)).collect(),
                ..ScriptedReply::default()
            },
        }
    }
}

fn say(content: String) -> ScriptedReply {
    ScriptedReply { content, ..ScriptedReply::default() }
}

#[cfg(test)]
mod tests;
