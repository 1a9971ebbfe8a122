//! Functions of Python modules as tools.
//!
//! They run in a process of their own, which is told nothing of the conversation. Schemas, the
//! reading of arguments and the writing of results are `host/*.py`; here is who starts that process
//! and asks it.

mod host;
mod process;
mod protocol;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value};

use super::clip::excerpt;
use super::{CodeArgument, OutputKind, Step, Tool, ToolContext, ToolError, ToolOutput};
use crate::event::Events;
use crate::message::ToolSpec;
use host::Host;

pub use host::StartError;
pub use protocol::{Fault, FaultKind};

/// What is to run: functions, and the modules that define them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Code {
    /// The modules. Each is run once.
    pub modules: Vec<Module>,
    /// The functions, in the order of the card.
    pub functions: Vec<Function>,
}

/// A module, as it was read: what runs is what somebody said yes to, whatever the file holds by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its file.
    pub path: PathBuf,
    /// Its text.
    pub source: Arc<[u8]>,
}

/// A function of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Which of the modules.
    pub module: usize,
    /// Its name there.
    pub name: String,
    /// Who calls it.
    pub kind: Kind,
}

/// Who calls a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A model.
    Tool,
    /// The runtime, at moments of a run. It is handed a context and has no schema.
    Hook,
    /// A person, who types a command. It is handed a context and has no schema.
    Command,
}

/// How functions are run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The interpreter: `python3`.
    pub interpreter: PathBuf,
    /// How long the modules may take to run, and then each call.
    pub timeout: Duration,
}

/// A function that can be called.
#[derive(Debug)]
pub struct PythonTool {
    spec: ToolSpec,
    code: Option<CodeArgument>,
    host: Arc<Host>,
    function: usize,
}

/// Starts the process, has it run the modules, and makes tools of the functions, in their order: a
/// fault takes the place of one that is none.
pub async fn connect(
    code: Code,
    settings: Settings,
) -> Result<Vec<Result<PythonTool, Fault>>, StartError> {
    let host = Arc::new(Host::new(code, settings));
    let mut loaded = 0;
    let tools = host.start().await?.into_iter().map(|report| {
        let spec = report.spec()?;
        let function = loaded;
        loaded += 1;
        Ok(PythonTool { spec, code: None, host: Arc::clone(&host), function })
    });
    Ok(tools.collect())
}

impl PythonTool {
    /// Says which of its arguments is code.
    #[must_use]
    pub fn with_code(self, code: Option<CodeArgument>) -> Self {
        Self { code, ..self }
    }

    /// Calls one that is handed a context, whose parts are its attributes there; `messages` are those
    /// of a conversation.
    pub async fn run(
        &self,
        context: &impl Serialize,
        events: &Events,
    ) -> Result<String, ToolError> {
        match serde_json::to_value(context) {
            Ok(Value::Object(context)) => self.host.call(self.function, context, events).await,
            Ok(other) => Err(ToolError::new(format!("{other} is no context"))),
            Err(error) => Err(ToolError::new(error.to_string())),
        }
    }
}

impl Tool for PythonTool {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn code(&self) -> Option<&CodeArgument> {
        self.code.as_ref()
    }

    fn call<'a>(
        &'a self,
        arguments: Map<String, Value>,
        context: &'a ToolContext,
    ) -> BoxFuture<'a, Result<Step, ToolError>> {
        Box::pin(async move {
            let called = self.host.call(self.function, arguments, &context.events).await;
            // Nobody knows where a function has its words from, those of an exception among them.
            Ok(Step::Done(match called {
                Ok(content) => ToolOutput {
                    summary: format!("{} bytes", content.len()),
                    kind: OutputKind::Success,
                    foreign: excerpt(&content),
                    content,
                },
                Err(error) => ToolOutput {
                    summary: "error".to_owned(),
                    kind: OutputKind::Failure,
                    foreign: excerpt(&error.message),
                    content: format!("Error: {error}"),
                },
            }))
        })
    }
}
