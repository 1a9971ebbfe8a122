//! Functions of the fixture modules, in a real process of Python.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use agentcard::event::{Event, EventStream, Events};
use agentcard::tool::python::{Code, Fault, Function, Kind, Module, PythonTool, Settings, connect};
use agentcard::tool::{Step, Tool as _, ToolContext};
use serde_json::Value;

use super::wait::PATIENCE;

/// Whether there is a Python, or else a line that says so.
pub(crate) fn is_there() -> bool {
    has("import sys; sys.exit(sys.version_info < (3, 9))", "Python 3.9 or later")
}

/// Whether this Python has pydantic, or else a line that says so.
pub(crate) fn has_pydantic() -> bool {
    has("import pydantic; pydantic.TypeAdapter", "pydantic 2")
}

fn has(code: &str, what: &str) -> bool {
    let mut command = Command::new("python3");
    let status = command.args(["-c", code]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = status.is_ok_and(|status| status.success());
    if !is_there {
        let line = format!("skipped: there is no {what} to run functions with\n");
        let _unseen = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }
    is_there
}

/// Where programs are found here.
#[expect(clippy::disallowed_methods, reason = "the program is run without variables but these")]
pub(crate) fn search_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// The path of a fixture module.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/python").join(name)
}

/// These functions of fixture modules, or what is wrong with them.
pub(crate) async fn load(
    functions: &[(&str, &str)],
    timeout: Duration,
) -> Vec<Result<PythonTool, Fault>> {
    let mut code = Code::default();
    for (module, name) in functions {
        let path = fixture(module);
        let known = code.modules.iter().position(|module| module.path == path);
        let module = known.unwrap_or(code.modules.len());
        if known.is_none() {
            let source = std::fs::read(&path).unwrap().into();
            code.modules.push(Module { path, source });
        }
        code.functions.push(Function { module, name: (*name).to_owned(), kind: Kind::Tool });
    }
    connect(code, Settings { interpreter: "python3".into(), timeout }).await.unwrap()
}

/// Functions that can be called.
pub(crate) struct Functions {
    tools: Vec<PythonTool>,
    events: Events,
    stream: EventStream,
}

impl Functions {
    /// These functions of `behavior.py`, each with this much time.
    pub(crate) async fn within(timeout: Duration, names: &[&str]) -> Self {
        let functions: Vec<_> = names.iter().map(|name| ("behavior.py", *name)).collect();
        Self::of(&functions, timeout).await
    }

    /// These functions of `behavior.py`.
    pub(crate) async fn new(names: &[&str]) -> Self {
        Self::within(PATIENCE, names).await
    }

    /// These functions of fixture modules.
    pub(crate) async fn of(functions: &[(&str, &str)], timeout: Duration) -> Self {
        let tools = load(functions, timeout).await.into_iter().map(Result::unwrap).collect();
        let (events, stream) = Events::channel();
        Self { tools, events, stream }
    }

    /// What a call comes to, as the model reads it.
    pub(crate) async fn call(&self, name: &str, arguments: Value) -> String {
        let tool = self.tools.iter().find(|tool| tool.spec().name == name).unwrap();
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        match tool.call(arguments, &ToolContext::new(self.events.clone())).await {
            Ok(Step::Done(output)) => output.content,
            Ok(Step::Write(plan)) => panic!("a function proposes no writes: {plan:?}"),
            Err(error) => format!("Error: {error}"),
        }
    }

    /// The lines that were printed so far.
    pub(crate) fn printed(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Ok(event) = self.stream.try_recv() {
            if let Event::Printed { text, .. } = event {
                lines.push(text);
            }
        }
        lines
    }
}
