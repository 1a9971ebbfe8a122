//! What is said on the pipes: a line of JSON each.
//!
//! It neither reads nor writes them.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Code, Kind};
use crate::message::{Schema, ToolSpec};

/// Reads our own modules from the first line and runs them. What runs next is the last of them.
///
/// The directory the program was started in is not searched for modules, and the pipe is read on a
/// descriptor that the functions do not know.
pub(super) const BOOT: &str = "\
import sys
if sys.path and sys.path[0] == '': del sys.path[0]
if sys.version_info < (3, 9): sys.exit('Python 3.9 or later is needed, and this is ' + sys.version)
import json, os
requests = os.fdopen(os.dup(0), 'rb')
for name, source in json.loads(requests.readline()):
    module = sys.modules[name] = type(sys)(name)
    exec(compile(source, '<' + name + '>', 'exec'), module.__dict__)
module.main(requests)
";

/// Our modules, each after those it needs.
pub(super) const HOST: &[(&str, &str)] = &[
    ("_agentcard_docstring", include_str!("host/docstring.py")),
    ("_agentcard_values", include_str!("host/values.py")),
    ("_agentcard_scalars", include_str!("host/scalars.py")),
    ("_agentcard_annotations", include_str!("host/annotations.py")),
    ("_agentcard_function", include_str!("host/function.py")),
    ("_agentcard_hook", include_str!("host/hook.py")),
    ("_agentcard_command", include_str!("host/command.py")),
    ("_agentcard_host", include_str!("host/host.py")),
];

/// The second line: what to load.
#[derive(Serialize)]
struct Load<'a> {
    modules: Vec<LoadModule<'a>>,
    functions: Vec<LoadFunction<'a>>,
}

#[derive(Serialize)]
struct LoadModule<'a> {
    path: &'a Path,
    /// The bytes, each as the character of its number: Python finds out the encoding itself.
    source: String,
}

#[derive(Serialize)]
struct LoadFunction<'a> {
    module: usize,
    name: &'a str,
    kind: Kind,
}

/// All further lines.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Request<'a> {
    Call { call: u64, function: usize, arguments: &'a Map<String, Value> },
    Cancel { cancel: u64 },
}

/// What comes back first.
#[derive(Debug, Deserialize)]
pub(super) struct Loaded {
    pub(super) functions: Vec<Report>,
}

/// What became of a function.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Report {
    Spec(ReportedSpec),
    Fault(Fault),
}

#[derive(Debug, Deserialize)]
pub(super) struct ReportedSpec {
    name: String,
    description: String,
    parameters: Value,
}

/// Why a function is no tool.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Fault {
    /// What kind of fault it is.
    pub kind: FaultKind,
    /// What is wrong. Of a function that is missing, the names there are, with commas between.
    pub message: String,
    /// Where in the module, if that is known.
    pub line: Option<usize>,
}

/// What can be wrong with a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Its module cannot be run.
    Import,
    /// Its module does not define it.
    Missing,
    /// No schema can be made of its parameters.
    Signature,
}

/// Every line after that.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) call: u64,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    Text(String),
    Error(String),
}

impl Report {
    pub(super) fn spec(self) -> Result<ToolSpec, Fault> {
        match self {
            Self::Spec(ReportedSpec { name, description, parameters }) => {
                Ok(ToolSpec { name, description, parameters: Schema::from(parameters) })
            }
            Self::Fault(fault) => Err(fault),
        }
    }
}

/// The first two lines: our modules, and what to load.
pub(super) fn opening(code: &Code) -> serde_json::Result<Vec<u8>> {
    let modules = code.modules.iter().map(|module| LoadModule {
        path: &module.path,
        source: module.source.iter().copied().map(char::from).collect(),
    });
    let functions = code.functions.iter().map(|function| LoadFunction {
        module: function.module,
        name: &function.name,
        kind: function.kind,
    });
    let load = Load { modules: modules.collect(), functions: functions.collect() };
    let mut lines = line(&HOST)?;
    lines.extend(line(&load)?);
    Ok(lines)
}

/// A message as a line.
pub(super) fn line(message: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}
