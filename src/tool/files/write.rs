//! `write_text_file`: a whole new text for a file, which may be a new one.
//!
//! It writes beside the file and renames, so that nobody ever reads half of it.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{blocking, cannot, text_of};
use crate::message::{Schema, ToolSpec};
use crate::policy::{Call, Request};
use crate::tool::directory::{Inside, WorkingDirectory};
use crate::tool::{
    Approved, Order, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput, WriteClass,
    WriteEffect, WritePlan, Written, arguments,
};

const NAME: &str = "write_text_file";

/// The tool.
pub(super) struct WriteFile {
    directory: WorkingDirectory,
    spec: ToolSpec,
}

/// What a model is told about it.
pub(super) fn spec() -> ToolSpec {
    ToolSpec {
        name: NAME.to_owned(),
        description: "Writes a text file in the working directory, replacing what is there. A \
                      person may be asked first."
            .to_owned(),
        parameters: Schema::written(
            r#"{"type":"object","additionalProperties":false,"properties":{"path":{"type":"string","description":"The file, relative to the working directory."},"content":{"type":"string","description":"The whole new text."}},"required":["path","content"]}"#,
        ),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    path: String,
    content: String,
}

impl WriteFile {
    pub(super) fn new(directory: WorkingDirectory) -> Self {
        Self { directory, spec: spec() }
    }

    fn plan(directory: &WorkingDirectory, arguments: Arguments) -> Result<WritePlan, ToolError> {
        let Arguments { path, content } = arguments;
        let Inside { full, relative } = directory.place(&path)?;
        let now = text_of(&full, &relative)?;
        let (words, class) = match &now {
            None => (format!("Write the new file {relative}"), WriteClass::Additive),
            Some(_) => (format!("Replace the file {relative}"), WriteClass::Destructive),
        };
        Ok(WritePlan {
            words,
            request: Request::Call(Call {
                tool: NAME.to_owned(),
                action: Some(relative),
                body: Some(json!({ "content": content })),
            }),
            now: now.map(Value::from),
            class,
        })
    }
}

/// The arguments that a plan of a tool for files stands for.
pub(super) fn planned(tool: &str, plan: &WritePlan) -> Result<Map<String, Value>, ToolError> {
    match &plan.request {
        Request::Call(Call { tool: its, action: Some(path), body: Some(Value::Object(body)) })
            if its == tool =>
        {
            let mut arguments = body.clone();
            arguments.insert("path".to_owned(), path.as_str().into());
            Ok(arguments)
        }
        Request::Call(_) | Request::Post(_) => {
            Err(ToolError::new("The plan is not one of this tool; nothing was written."))
        }
    }
}

/// Puts a text in the place of a file.
pub(super) fn replace(file: &Inside, content: &str) -> Result<(), ToolError> {
    write(&file.full, content).map_err(|error| cannot("written", &file.relative, &error))
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::IsADirectory)?;
    fs::create_dir_all(directory)?;
    let (mut file, beside) = new_file(directory)?;
    let mut finish = || {
        // Nobody reads what they could not read before, not even meanwhile.
        if let Some(permissions) = permissions(path) {
            file.set_permissions(permissions)?;
        }
        file.write_all(content.as_bytes())?;
        fs::rename(&beside, path)
    };
    let written = finish();
    if written.is_err() {
        // What could not be finished is not left lying about, if that can be helped.
        let _left = fs::remove_file(&beside);
    }
    written
}

/// A new file in a directory: one that no agent beside this one writes, nor left there.
fn new_file(directory: &Path) -> io::Result<(File, PathBuf)> {
    let process = std::process::id();
    for number in 0..1000 {
        let path = directory.join(format!(".agentcard-{process}-{number}.new"));
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return Ok((created?, path)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn permissions(path: &Path) -> Option<Permissions> {
    path.metadata().ok().map(|metadata| metadata.permissions())
}

impl Tool for WriteFile {
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
            let arguments = arguments::parse(NAME, arguments)?;
            let directory = self.directory.clone();
            let plan = blocking(move || Self::plan(&directory, arguments)).await?;
            Ok(Step::Write(Box::new(plan)))
        })
    }

    fn plan_again<'a>(
        &'a self,
        plan: WritePlan,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<WritePlan, ToolError>> {
        Box::pin(async move {
            let arguments = arguments::parse(NAME, planned(NAME, &plan)?)?;
            let directory = self.directory.clone();
            blocking(move || Self::plan(&directory, arguments)).await
        })
    }

    fn write<'a>(
        &'a self,
        approved: Approved,
        _: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Written, ToolError>> {
        Box::pin(async move {
            let plan = approved.plan();
            let Arguments { path, content } = arguments::parse(NAME, planned(NAME, plan)?)?;
            let directory = self.directory.clone();
            let now = plan.now.clone();
            blocking(move || {
                let file = directory.place(&path)?;
                if text_of(&file.full, &file.relative)?.map(Value::from) != now {
                    return Err(changed(&file.relative));
                }
                replace(&file, &content)?;
                let (bytes, path) = (content.len(), &file.relative);
                let summary = format!("{bytes} bytes");
                Ok(done(format!("Wrote {bytes} bytes to `{path}`."), summary))
            })
            .await
        })
    }
}

/// What was looked at when the person said yes is there no longer.
pub(super) fn changed(path: &str) -> ToolError {
    ToolError::new(format!(
        "`{path}` was changed by somebody else meanwhile, so nothing was written. Read it again."
    ))
}

/// The result of a write that was done.
pub(super) fn done(content: String, summary: String) -> Written {
    let output = ToolOutput { content, summary, kind: OutputKind::Success, foreign: None };
    Written { output, effect: WriteEffect::Done { status: None, answer: Value::Null } }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_others_write_in_the_directory_stays_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let others = format!(".agentcard-{}-0.new", std::process::id());
        fs::write(folder.path().join(&others), "theirs").unwrap();
        // As long as a name may be.
        let path = folder.path().join("x".repeat(255));
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        write(&path, "after").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        // What cannot be done leaves nothing behind.
        fs::create_dir(folder.path().join("full")).unwrap();
        fs::write(folder.path().join("full/file"), "").unwrap();
        write(&folder.path().join("full"), "after").unwrap_err();
        let mut names: Vec<_> = folder
            .path()
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, [others, "full".to_owned(), "x".repeat(255)]);
        assert_eq!(fs::read_to_string(folder.path().join(&names[0])).unwrap(), "theirs");
    }
}
