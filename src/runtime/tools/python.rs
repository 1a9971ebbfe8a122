//! Python functions: which files a card names, and what is wrong with those and with what they
//! define.
//!
//! It reads the files and runs nothing but what somebody said yes to. How functions are called is
//! told in [`crate::tool::python`].

mod defined;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::card::{Card, FunctionCode, FunctionTool, Origin};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::runtime::SetupError;
use crate::runtime::connect::Surrounding;
use crate::tool::python::{
    Code, Fault, FaultKind, Function, Kind, Module, PythonTool, Settings, StartError, connect,
};
use crate::tool::{CodeArgument, Tool};
use crate::trust::{self, Program};

/// What runs them.
const INTERPRETER: &str = "python3";

/// The largest module that is read, in bytes.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// The functions of a card, and the modules they are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Python {
    card: PathBuf,
    /// As the card names them, in the order of the code's.
    named: Vec<Named>,
    code: Code,
}

/// A function, and the key that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Named {
    pub(in crate::runtime) key: Key,
    pub(in crate::runtime) function: FunctionTool,
}

/// The keys under which cards name functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime) enum Key {
    FunctionTools,
    ToolHooks,
    LifecycleHooks,
    Commands,
}

impl Key {
    const fn name(self) -> &'static str {
        match self {
            Self::FunctionTools => "function_tools",
            Self::ToolHooks => "tool_hooks",
            Self::LifecycleHooks => "lifecycle_hooks",
            Self::Commands => "commands",
        }
    }

    /// Who calls functions that are named there, and what those are to a person.
    const fn kind(self) -> (Kind, &'static str) {
        match self {
            Self::FunctionTools => (Kind::Tool, "tool"),
            Self::ToolHooks | Self::LifecycleHooks => (Kind::Hook, "hook"),
            Self::Commands => (Kind::Command, "command"),
        }
    }
}

impl Python {
    /// The functions a card names, with the files they are in; nothing if it names none.
    pub(in crate::runtime) fn resolve(
        card: &Card,
        named: Vec<Named>,
    ) -> Result<Option<Self>, Vec<SetupError>> {
        if named.is_empty() {
            return Ok(None);
        }
        let mut python = Self { card: card.path.clone(), named: Vec::new(), code: Code::default() };
        let mut faults = Vec::new();
        for named in named {
            let added = match card.origin {
                Origin::Local => python.add(&named),
                Origin::Remote => Err(Box::new(python.elsewhere(&named))),
            };
            match added {
                Ok(()) => python.named.push(named),
                Err(fault) => faults.push(SetupError::Card(fault)),
            }
        }
        if faults.is_empty() { Ok(Some(python)) } else { Err(faults) }
    }

    fn add(&mut self, named: &Named) -> Result<(), Box<Diagnostic>> {
        let Named { key, function } = named;
        let path = beside(&self.card, &function.module);
        let known = self.code.modules.iter().position(|module| module.path == path);
        let module = known.unwrap_or(self.code.modules.len());
        if known.is_none() {
            let source =
                read(&path).map_err(|error| Box::new(self.unreadable(named, &path, &error)))?;
            self.code.modules.push(Module { path, source });
        }
        let (kind, _) = key.kind();
        self.code.functions.push(Function { module, name: function.function.clone(), kind });
        Ok(())
    }

    /// Complaints about functions that their modules do not define, as far as that shows without
    /// running those.
    pub(in crate::runtime) fn undefined(&self) -> impl Iterator<Item = Diagnostic> {
        let sources = self.code.modules.iter().map(|module| str::from_utf8(&module.source).ok());
        let defined: Vec<_> = sources.map(|source| source.and_then(defined::defined)).collect();
        self.named.iter().zip(&self.code.functions).filter_map(move |(named, function)| {
            let names = defined[function.module].as_ref()?;
            let functions = || names.functions.iter().copied().collect::<Vec<_>>().join(", ");
            (!names.contains(&function.name)).then(|| self.missing(named, &functions()))
        })
    }

    /// The files that run.
    pub(in crate::runtime) fn programs(&self) -> Vec<Program> {
        let modules = self.code.modules.iter().enumerate();
        let programs = modules.filter_map(|(index, module)| {
            let mut named = self.named.iter().zip(&self.code.functions);
            let (named, _) = named.find(|(_, function)| function.module == index)?;
            let name = named.function.module.to_string_lossy();
            Some(Program::new(&self.card, trust::Kind::PythonModule, name, &module.source))
        });
        programs.collect()
    }

    /// The functions and their keys, in the order of [`Self::functions`].
    pub(in crate::runtime) fn named(&self) -> &[Named] {
        &self.named
    }

    /// The functions, as the card names them.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.named.iter().map(Named::name)
    }

    /// The functions as tools, after their modules have run.
    pub(super) async fn connect(
        self,
        surrounding: &Surrounding<'_>,
    ) -> Result<Vec<Arc<dyn Tool>>, SetupError> {
        let functions = self.functions(surrounding.config.timeouts.tool.value).await?;
        Ok(functions.into_iter().map(|function| -> Arc<dyn Tool> { Arc::new(function) }).collect())
    }

    /// The functions, after their modules have run.
    ///
    /// `timeout` is how long those may take, and then each call.
    pub(in crate::runtime) async fn functions(
        &self,
        timeout: Duration,
    ) -> Result<Vec<PythonTool>, SetupError> {
        let settings = Settings { interpreter: INTERPRETER.into(), timeout };
        let (mut tools, mut faults) = (Vec::new(), Vec::new());
        let made = connect(self.code.clone(), settings).await;
        for (named, made) in self.named.iter().zip(made.map_err(|error| self.unstarted(&error))?) {
            match made {
                Ok(made) => tools.push(made.with_code(named.function.code.as_ref().map(code))),
                Err(fault) => faults.push(self.faulty(named, &fault)),
            }
        }
        faults.extend(self.namesakes(&tools));
        // Functions of one module share what keeps it from running.
        faults.dedup_by(|next, fault| next.message == fault.message);
        if faults.is_empty() { Ok(tools) } else { Err(SetupError::Functions(faults)) }
    }

    /// A complaint about each tool that has the name of one before it, which a model could not tell
    /// apart. That a function is named twice is no matter.
    fn namesakes(&self, tools: &[PythonTool]) -> Vec<Diagnostic> {
        let is_tool = |key: Key| key.kind().0 == Kind::Tool;
        let all: Vec<_> =
            self.named.iter().zip(tools).filter(|(named, _)| is_tool(named.key)).collect();
        let namesake = |(index, (named, tool)): (usize, &(&Named, &PythonTool))| {
            let name = &tool.spec().name;
            let (first, _) = all[..index].iter().find(|(_, other)| other.spec().name == *name)?;
            let is_another = first.name() != named.name();
            let message = format!("`{}` is the name of `{}` too", name, first.name());
            is_another.then(|| self.diagnostic(named, "duplicate-name", message))
        };
        all.iter().enumerate().filter_map(namesake).collect()
    }

    /// A complaint about one of them.
    pub(in crate::runtime) fn diagnostic(
        &self,
        named: &Named,
        code: &'static str,
        message: String,
    ) -> Diagnostic {
        Diagnostic {
            code,
            file: self.card.clone(),
            place: named.function.place(),
            key: Some(named.key.name().to_owned()),
            message,
            hint: None,
        }
    }

    fn elsewhere(&self, named: &Named) -> Diagnostic {
        let message = "a card from elsewhere brings no files that could run here".to_owned();
        let hint = Some("download the card with its files, and look at them".to_owned());
        Diagnostic { hint, ..self.diagnostic(named, "dead-function", message) }
    }

    fn unreadable(&self, named: &Named, path: &Path, error: &io::Error) -> Diagnostic {
        let name = named.function.module.display();
        if error.kind() != io::ErrorKind::NotFound {
            let message = format!("`{name}` cannot be read: {error}");
            return self.diagnostic(named, "dead-function", message);
        }
        let message = format!("there is no file `{}`", path.display());
        let hint = neighbor(path).unwrap_or_else(|| {
            "the path of a module is meant from the directory of the card".to_owned()
        });
        Diagnostic { hint: Some(hint), ..self.diagnostic(named, "dead-function", message) }
    }

    fn unstarted(&self, error: &StartError) -> SetupError {
        let Some(first) = self.named.first() else { return SetupError::Functions(Vec::new()) };
        let message = format!("its functions cannot be run: {error}");
        let hint = match error {
            StartError::NoInterpreter(_) => {
                Some("install Python 3.9 or later, so that `python3` is found on PATH".to_owned())
            }
            StartError::TooSlow(_) => {
                Some("raise `timeouts.tool` in the config, or have them do less at once".to_owned())
            }
            StartError::Spawn(_) | StartError::Ended(_) => None,
        };
        SetupError::Functions(vec![Diagnostic {
            hint,
            ..self.diagnostic(first, "python", message)
        }])
    }

    /// A complaint about a function that is not among those its module has.
    fn missing(&self, named: &Named, functions: &str) -> Diagnostic {
        let (module, function) = (named.function.module.display(), &named.function.function);
        let message = format!("there is no function `{function}` in `{module}`");
        let hint = names(function, functions);
        Diagnostic { hint, ..self.diagnostic(named, "dead-function", message) }
    }

    fn faulty(&self, named: &Named, fault: &Fault) -> Diagnostic {
        let (module, function) = (named.function.module.display(), &named.function.function);
        let (_, role) = named.key.kind();
        let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
        let (code, message, hint) = match fault.kind {
            FaultKind::Import => (
                "import-failed",
                format!("{module}{line}: {}", fault.message),
                self.missing_module(named, &fault.message),
            ),
            FaultKind::Missing => return self.missing(named, &fault.message),
            FaultKind::Signature => (
                "bad-function",
                format!("{module}{line}: `{function}` cannot be a {role}: {}", fault.message),
                None,
            ),
        };
        Diagnostic { hint, ..self.diagnostic(named, code, message) }
    }

    /// What to do about a module that another one imports in vain.
    fn missing_module(&self, named: &Named, message: &str) -> Option<String> {
        let missing = message.strip_prefix("ModuleNotFoundError: No module named '")?;
        let missing = missing.strip_suffix('\'')?.split('.').next()?;
        let beside = beside(&self.card, &named.function.module);
        let is_beside = [format!("{missing}.py"), missing.to_owned()]
            .iter()
            .any(|name| beside.with_file_name(name).exists());
        Some(if is_beside {
            "the directory of a card is not searched for modules; PYTHONPATH is".to_owned()
        } else {
            format!("install it for this Python: {INTERPRETER} -m pip install {missing}")
        })
    }
}

impl Named {
    /// As the card names it: `tools.py:weather`.
    pub(in crate::runtime) fn name(&self) -> String {
        format!("{}:{}", self.function.module.display(), self.function.function)
    }
}

fn code(code: &FunctionCode) -> CodeArgument {
    CodeArgument { name: code.argument.clone(), language: code.language.clone() }
}

/// A file that a card names.
fn beside(card: &Path, named: &Path) -> PathBuf {
    card.parent().unwrap_or(Path::new("")).join(named)
}

fn read(path: &Path) -> io::Result<Arc<[u8]>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("it has more than {MOST_BYTES} bytes")));
    }
    Ok(bytes.into())
}

/// The file of a like name.
fn neighbor(path: &Path) -> Option<String> {
    let directory = path.parent().filter(|parent| *parent != Path::new(""));
    let entries = directory.unwrap_or(Path::new(".")).read_dir().ok()?;
    let entries = entries.take(1000).filter_map(Result::ok);
    let names: Vec<String> = entries.filter_map(|it| it.file_name().into_string().ok()).collect();
    let nearest = did_you_mean(path.file_name()?.to_str()?, names.iter().map(String::as_str))?;
    Some(format!("did you mean `{nearest}`?"))
}

/// The function of a like name, or all there are.
fn names(written: &str, names: &str) -> Option<String> {
    let nearest = did_you_mean(written, names.split(", "));
    let meant = nearest.map(|nearest| format!("did you mean `{nearest}`?"));
    meant.or_else(|| (!names.is_empty()).then(|| format!("it defines {names}")))
}
