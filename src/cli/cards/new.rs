//! `agentcard cards new`: a card to begin with.
//!
//! It never writes over a file.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::failure::{Exit, Failure};

/// Makes a card in a directory and says how it is tried.
pub(super) fn new(name: &str, directory: &Path) -> Result<String, Failure> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || !name.chars().all(fits) {
        return Err(Failure::new(Exit::Usage, format!("`{name}` is not the name of a card"))
            .hint("a name has letters, digits, `-` and `_`; --directory says where it goes"));
    }
    let path = directory.join(format!("{name}.md"));
    let made = fs::create_dir_all(directory)
        .and_then(|()| OpenOptions::new().write(true).create_new(true).open(&path))
        .and_then(|mut file| file.write_all(text(name).as_bytes()));
    let shown = path.display();
    match made {
        Ok(()) => Ok(format!(
            "{shown}\n\nTry it:    agentcard ask --card {shown} \"Who are you?\"\n\
             Check it:  agentcard cards check {shown}\n"
        )),
        Err(error) => Err(Failure::new(Exit::Failed, format!("{shown} cannot be made: {error}"))),
    }
}

fn text(name: &str) -> String {
    format!(
        "---
# What an agent is and has; `agentcard cards show --card FILE` prints what it comes to.
name: {name}
description: Says in one sentence what the agent is for
model: hf.openai/gpt-oss-20b:groq
# The Hugging Face Hub; take the line out for an agent that only talks.
function_tools: hf_api_tool.py:hf_api_request
---

You are {name}. Today is {{{{currentDate}}}}.

Answer briefly. Look facts up before you state them, and say so when something cannot be found.
"
    )
}
