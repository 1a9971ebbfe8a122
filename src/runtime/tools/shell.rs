//! The shell and the files of a card that asks for them.
//!
//! It says what commands can reach, and runs none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Source;
use crate::card::{Card, Shell, ShellTool};
use crate::config::{Config, Environment};
use crate::diagnostic::Diagnostic;
use crate::message::ToolSpec;
use crate::runtime::SetupError;
use crate::tool::files::FileTool;
use crate::tool::shell::{Confinement, Places, Surroundings, is_passed};
use crate::tool::{Tool, WorkingDirectory, shell};
use crate::trust::{Kind, Program};

/// The part of the file system that programs are made of.
const SYSTEM: [&str; 12] = [
    "/bin", "/etc", "/lib", "/lib32", "/lib64", "/nix", "/opt", "/run", "/sbin", "/sys", "/usr",
    "/var",
];

/// What programs ask about the machine. The rest of `/proc` tells of other processes: root and
/// whoever may watch performance read their environments there, whatever Landlock says of tracing.
const MACHINE: [&str; 8] =
    ["cpuinfo", "filesystems", "loadavg", "meminfo", "stat", "sys", "uptime", "version"];

/// What compilers and interpreters keep in a home directory. What else is there is nobody's
/// business: keys, tokens, histories.
const TOOLCHAINS: [&str; 16] = [
    ".bun",
    ".cargo/bin",
    ".cargo/env",
    ".cargo/git",
    ".cargo/registry",
    ".config/git",
    ".gitconfig",
    ".local/bin",
    ".local/lib",
    ".local/share/uv",
    ".npm",
    ".nvm",
    ".pyenv",
    ".rbenv",
    ".rustup",
    "go",
];

/// A shell and files, as a card asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::runtime) struct Workplace {
    surroundings: Surroundings,
    tools: Vec<ShellTool>,
    /// What takes a yes: commands in this directory.
    pub(super) program: Program,
}

/// Where anybody may leave things for a while.
const TEMPORARY: &str = "/tmp";

/// The shell a card asks for, if it does.
pub(super) fn resolve(
    card: &Card,
    config: &Config,
    environment: &Environment,
) -> Result<Option<Source>, SetupError> {
    let Some(shell) = &card.shell else { return Ok(None) };
    let here = environment.directory().unwrap_or_default();
    let wanted = here.join(shell.directory.as_deref().unwrap_or_default());
    let directory = WorkingDirectory::open(&wanted).map_err(|error| {
        let message = format!("{} cannot be worked in: {error}", wanted.display());
        SetupError::Card(Box::new(complaint(card, shell, message)))
    })?;
    let confinement = if config.shell.sandbox.value {
        Confinement::Places(places(&directory, environment))
    } else {
        Confinement::None
    };
    let pass = &config.shell.pass.value;
    let variables = environment.variables().into_iter();
    let variables = variables.filter(|(name, value)| is_passed(name, value, pass)).collect();
    let name = directory.path().display().to_string();
    let program = Program::new(&card.path, Kind::Shell, name.as_str(), name.as_bytes());
    let surroundings = Surroundings { directory, variables, confinement };
    Ok(Some(Source::Shell(Box::new(Workplace {
        surroundings,
        tools: shell.tools.clone(),
        program,
    }))))
}

fn complaint(card: &Card, shell: &Shell, message: String) -> Diagnostic {
    Diagnostic {
        code: "dead-directory",
        file: card.path.clone(),
        place: shell.place(),
        key: Some("cwd".to_owned()),
        message,
        hint: Some("a relative one is meant from where the program is started".to_owned()),
    }
}

fn places(directory: &WorkingDirectory, environment: &Environment) -> Places {
    let path = environment.get("PATH").unwrap_or_default();
    let home = environment.get("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
    let toolchains = home.iter().flat_map(|home| TOOLCHAINS.map(|part| home.join(part)));
    // A relative entry of PATH is inside the directory or nowhere.
    let programs = path.split(':').map(PathBuf::from).filter(|path| path.is_absolute());
    let system = SYSTEM.map(PathBuf::from).into_iter();
    let machine = MACHINE.map(|part| Path::new("/proc").join(part));
    let read = system.chain(machine).chain(programs).chain(toolchains).collect();
    let temporary = environment.get("TMPDIR").map(PathBuf::from);
    let write = [directory.path().to_owned(), PathBuf::from(TEMPORARY)];
    Places { read, write: write.into_iter().chain(temporary).collect() }
}

impl Workplace {
    /// What a model is told about the tools.
    pub(super) fn specs(&self) -> Vec<ToolSpec> {
        let specs = self.tools.iter().map(|tool| match file_tool(*tool) {
            Some(tool) => vec![tool.spec()],
            None => shell::specs(),
        });
        specs.collect::<Vec<_>>().concat()
    }

    /// The tools themselves.
    pub(super) fn connect(self) -> Vec<Arc<dyn Tool>> {
        let Self { surroundings, tools, .. } = self;
        let files = tools.iter().filter_map(|tool| file_tool(*tool));
        let mut connected: Vec<_> = files.map(|tool| tool.tool(&surroundings.directory)).collect();
        if tools.contains(&ShellTool::Commands) {
            connected.splice(..0, shell::tools(surroundings));
        }
        connected
    }
}

/// The tool for files that is meant, if it is not commands.
fn file_tool(tool: ShellTool) -> Option<FileTool> {
    match tool {
        ShellTool::Commands => None,
        ShellTool::Read => Some(FileTool::Read),
        ShellTool::Write => Some(FileTool::Write),
        ShellTool::Edit => Some(FileTool::Edit),
    }
}
