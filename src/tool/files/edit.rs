//! `edit_file`: one passage of a file, replaced by another.
//!
//! A passage that is not there, or there more than once, is never guessed at.

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::write::{changed, done, planned, replace};
use super::{MOST_BYTES, blocking, text_of};
use crate::message::{Schema, ToolSpec};
use crate::policy::{Call, Request};
use crate::tool::directory::{Inside, WorkingDirectory};
use crate::tool::{
    Approved, Order, Step, Tool, ToolContext, ToolError, WriteClass, WritePlan, Written, arguments,
};

const NAME: &str = "edit_file";

/// The tool.
pub(super) struct EditFile {
    directory: WorkingDirectory,
    spec: ToolSpec,
}

/// What a model is told about it.
pub(super) fn spec() -> ToolSpec {
    ToolSpec {
        name: NAME.to_owned(),
        description: "Replaces a passage of a text file in the working directory. A person may be \
                      asked first."
            .to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"The file, relative to the working directory."},"old_string":{"type":"string","default":"","description":"The passage as it stands in the file, with enough around it to be the only one; empty to make a new file."},"new_string":{"type":"string","description":"What is to stand there."},"replace_all":{"type":"boolean","default":false,"description":"Replace every such passage."}},"required":["path","new_string"]}"#,
        ),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    path: String,
    #[serde(default, rename = "old_string")]
    old: String,
    #[serde(rename = "new_string")]
    new: String,
    #[serde(default, rename = "replace_all")]
    which: Which,
}

/// Which of several passages that are the same are replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "bool")]
enum Which {
    #[default]
    TheOnlyOne,
    All,
}

impl From<bool> for Which {
    fn from(all: bool) -> Self {
        if all { Self::All } else { Self::TheOnlyOne }
    }
}

/// A file, and what it becomes.
#[derive(Debug)]
struct Edited {
    file: Inside,
    before: Option<String>,
    after: String,
    replacements: usize,
}

impl EditFile {
    pub(super) fn new(directory: WorkingDirectory) -> Self {
        Self { directory, spec: spec() }
    }
}

fn edit(directory: &WorkingDirectory, arguments: &Arguments) -> Result<Edited, ToolError> {
    let Arguments { path, old, new, which } = arguments;
    let file = directory.place(path)?;
    let before = text_of(&file.full, &file.relative)?;
    let (after, replacements) = replaced(before.as_deref(), (old, new), *which).map_err(|why| {
        ToolError::new(format!("`{}`: {why} Nothing was changed.", file.relative))
    })?;
    Ok(Edited { file, before, after, replacements })
}

/// A text with a passage replaced, and how often that was done.
fn replaced(
    text: Option<&str>,
    (old, new): (&str, &str),
    which: Which,
) -> Result<(String, usize), String> {
    let text = match text {
        None | Some("") if old.is_empty() => return Ok((new.to_owned(), 1)),
        None => return Err("there is no such file.".to_owned()),
        Some(_) if old.is_empty() => {
            return Err("it has text already, so `old_string` must say what to replace.".to_owned());
        }
        Some(text) => text,
    };
    if old == new {
        return Err("`old_string` and `new_string` are the same.".to_owned());
    }
    let count = text.matches(old).count();
    match (count, which) {
        (0, _) => Err("`old_string` does not stand in it, at least not word for word.".to_owned()),
        (1, _) | (_, Which::All) => {
            let length = (text.len() - count * old.len()).saturating_add(count * new.len());
            if length > MOST_BYTES {
                return Err(format!("it would have {length} bytes, and {MOST_BYTES} is the most."));
            }
            Ok((text.replace(old, new), count))
        }
        (_, Which::TheOnlyOne) => Err(format!(
            "`old_string` stands in it {count} times: give more of what is around it, or say \
             `replace_all`."
        )),
    }
}

impl Edited {
    fn plan(self, arguments: Arguments) -> WritePlan {
        let Arguments { old, new, which, .. } = arguments;
        let mut body = json!({ "old_string": old, "new_string": new });
        if which == Which::All {
            body["replace_all"] = true.into();
        }
        let path = self.file.relative;
        let (words, class) = if self.before.is_none() {
            (format!("Write the new file {path}"), WriteClass::Additive)
        } else {
            let passages = match self.replacements {
                1 => "a passage".to_owned(),
                count => format!("{count} passages"),
            };
            (format!("Replace {passages} of the file {path}"), WriteClass::Destructive)
        };
        let request =
            Request::Call(Call { tool: NAME.to_owned(), action: Some(path), body: Some(body) });
        WritePlan { words, request, now: None, class }
    }

    /// What the model is told of it: where it was changed and how.
    fn report(&self) -> Value {
        let before = self.before.as_deref().unwrap_or_default();
        let Difference { start, removed, added } = difference(before, &self.after);
        let diff: String = removed
            .iter()
            .map(|line| format!("-{line}\n"))
            .chain(added.iter().map(|line| format!("+{line}\n")))
            .collect();
        json!({
            "success": true,
            "path": self.file.relative,
            "created": self.before.is_none(),
            "line_start": start + 1,
            "line_end": start + added.len().max(1),
            "replacements": self.replacements,
            "diff": crate::tool::clip::clip(&diff, "Read the file to see all of it."),
        })
    }
}

/// The lines between the first and the last that are not the same.
struct Difference<'a> {
    /// How many lines at the beginning are the same.
    start: usize,
    removed: Vec<&'a str>,
    added: Vec<&'a str>,
}

fn difference<'a>(before: &'a str, after: &'a str) -> Difference<'a> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let is_same = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(&new).take_while(is_same).count();
    let (old, new) = (&old[start..], &new[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(is_same).count();
    Difference {
        start,
        removed: old[..old.len() - end].to_vec(),
        added: new[..new.len() - end].to_vec(),
    }
}

impl Tool for EditFile {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn order(&self) -> Order {
        Order::InTurn
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let arguments: Arguments = arguments::parse(NAME, arguments)?;
            let directory = self.directory.clone();
            let plan = blocking(move || Ok(edit(&directory, &arguments)?.plan(arguments))).await?;
            Ok(Step::Write(Box::new(plan)))
        })
    }

    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        Box::pin(async move {
            let arguments: Arguments = arguments::parse(NAME, planned(NAME, &plan)?)?;
            let directory = self.directory.clone();
            blocking(move || Ok(edit(&directory, &arguments)?.plan(arguments))).await
        })
    }

    fn write<'a>(
        &'a self,
        approved: Approved,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        Box::pin(async move {
            let plan = approved.plan();
            let arguments: Arguments = arguments::parse(NAME, planned(NAME, plan)?)?;
            let directory = self.directory.clone();
            let class = plan.class;
            blocking(move || {
                let edited = edit(&directory, &arguments)?;
                // Somebody who said yes to a new file did not say yes to changing one.
                if edited.before.is_some() && class == WriteClass::Additive {
                    return Err(changed(&edited.file.relative));
                }
                replace(&edited.file, &edited.after)?;
                let summary = format!("{} replaced", edited.replacements);
                Ok(done(edited.report().to_string(), summary))
            })
            .await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_does_not_become_longer_than_it_may_be() {
        let (text, new) = ("a".repeat(100_000), "b".repeat(100_000));
        let grown = replaced(Some(&text), ("a", &new), Which::All);
        let why = "it would have 10000000000 bytes, and 8388608 is the most.";
        assert_eq!(grown, Err(why.to_owned()));
        assert_eq!(replaced(Some("aXa"), ("a", "b"), Which::All), Ok(("bXb".to_owned(), 2)));
    }
}
