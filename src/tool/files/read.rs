//! `read_text_file`: lines of a file, as many as a result may hold.
//!
//! It reads a file of any length without keeping more of it than is shown.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{blocking, cannot};
use crate::message::{Schema, ToolSpec};
use crate::tool::clip::{MOST_BYTES, head};
use crate::tool::directory::{Inside, WorkingDirectory};
use crate::tool::{Order, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, arguments};

const NAME: &str = "read_text_file";

/// The tool.
pub(super) struct ReadFile {
    directory: WorkingDirectory,
    spec: ToolSpec,
}

/// What a model is told about it.
pub(super) fn spec() -> ToolSpec {
    ToolSpec {
        name: NAME.to_owned(),
        description: "Reads a text file in the working directory.".to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"The file, relative to the working directory."},"line":{"type":"integer","minimum":1,"description":"The line to begin with, counted from 1."},"limit":{"type":"integer","minimum":1,"description":"The most lines to read."}},"required":["path"]}"#,
        ),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    path: String,
    line: Option<u64>,
    limit: Option<u64>,
}

impl ReadFile {
    pub(super) fn new(directory: WorkingDirectory) -> Self {
        Self { directory, spec: spec() }
    }
}

impl Tool for ReadFile {
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
            blocking(move || {
                let file = directory.place(&arguments.path)?;
                let part = read(&file, &arguments)?;
                Ok(Step::Done(part.output(&file.relative)))
            })
            .await
        })
    }
}

/// Some lines of a file.
struct Part {
    text: String,
    first: u64,
    lines: u64,
    rest: Rest,
}

/// What of a file is left behind a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    MoreLines,
    /// The one line that was read is longer than a result may be.
    MoreOfTheLine,
}

fn read(file: &Inside, arguments: &Arguments) -> Result<Part, ToolError> {
    let failed = |error: io::Error| cannot("read", &file.relative, &error);
    // Opening a pipe would wait for somebody to write into it.
    if !file.full.metadata().map_err(failed)?.is_file() {
        return Err(ToolError::new(format!("`{}` is not a file.", file.relative)));
    }
    let mut reader = BufReader::new(File::open(&file.full).map_err(failed)?);
    let first = arguments.line.unwrap_or(1).max(1);
    for skipped in 1..first {
        if reader.skip_until(b'\n').map_err(failed)? == 0 {
            return Err(ToolError::new(format!(
                "`{}` has only {} lines.",
                file.relative,
                skipped - 1
            )));
        }
    }
    let mut part = Part { text: String::new(), first, lines: 0, rest: Rest::Nothing };
    while arguments.limit.is_none_or(|limit| part.lines < limit.max(1)) {
        let mut line = Vec::new();
        let mut bounded = reader.by_ref().take(MOST_BYTES as u64 + 1);
        if bounded.read_until(b'\n', &mut line).map_err(failed)? == 0 {
            return Ok(part);
        }
        let is_cut = line.len() > MOST_BYTES;
        if part.lines > 0 && part.text.len() + line.len() > MOST_BYTES {
            part.rest = Rest::MoreLines;
            return Ok(part);
        }
        part.text.push_str(text(&line, is_cut).ok_or_else(|| {
            let number = first + part.lines;
            ToolError::new(format!("`{}` is not a text file (line {number}).", file.relative))
        })?);
        part.lines += 1;
        if is_cut {
            part.rest = Rest::MoreOfTheLine;
            return Ok(part);
        }
    }
    if !reader.fill_buf().map_err(failed)?.is_empty() {
        part.rest = Rest::MoreLines;
    }
    Ok(part)
}

/// A line as text; a cut may have gone through a character.
fn text(line: &[u8], is_cut: bool) -> Option<&str> {
    if line.contains(&0) {
        return None;
    }
    match std::str::from_utf8(line) {
        Ok(text) if is_cut => Some(head(text, MOST_BYTES)),
        Ok(text) => Some(text),
        Err(error) if is_cut && error.error_len().is_none() => {
            std::str::from_utf8(&line[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

impl Part {
    fn output(self, path: &str) -> ToolOutput {
        let Self { text: mut content, first, lines, rest } = self;
        let last = first + lines.saturating_sub(1);
        if rest != Rest::Nothing && !content.ends_with('\n') {
            content.push('\n');
        }
        let note = match rest {
            Rest::Nothing => String::new(),
            Rest::MoreLines => {
                format!("[lines {first} to {last} of `{path}`; it goes on: line={}]", last + 1)
            }
            Rest::MoreOfTheLine => format!(
                "[line {last} of `{path}` is longer than this; it goes on with line={}]",
                last + 1
            ),
        };
        content.push_str(&note);
        let summary = match lines {
            0 => "empty".to_owned(),
            1 => format!("line {first}"),
            _ => format!("lines {first} to {last}"),
        };
        ToolOutput { content, summary, kind: OutputKind::Success, foreign: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_passed_over_by_who_wants_none() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("notes"), "one\ntwo\n").unwrap();
        let file = WorkingDirectory::open(folder.path()).unwrap().place("notes").unwrap();
        let arguments = Arguments { path: "notes".to_owned(), line: None, limit: Some(0) };
        let output = read(&file, &arguments).unwrap().output("notes");
        assert_eq!(output.content, "one\n[lines 1 to 1 of `notes`; it goes on: line=2]");
    }
}
