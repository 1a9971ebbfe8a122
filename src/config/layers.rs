//! The layers of the configuration and their order. It alone reads the environment.
//!
//! Each layer overwrites what the ones below it set. What a key means is told elsewhere.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::{self, Trust};
use super::{Color, Config, Directories, PolicyRule, Sourced, Terminal, Warning, hub};
use crate::diagnostic::Diagnostic;
use crate::secret::Secret;

/// The file that is looked for where the program is started.
const PROJECT_FILE: &str = "agentcard.toml";

/// The most that is read of a file, in bytes. One that lies in a directory may be a link to anything.
const MOST_BYTES: u64 = 1024 * 1024;

/// The variable of fast-agent that names a model where nothing else does.
pub(super) const LAST_MODEL: &str = "FAST_AGENT_MODEL";

/// What was asked for on the command line.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--config`: the one file to read.
    pub config: Option<PathBuf>,
    /// `--model`.
    pub model: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--color`.
    pub color: Option<Color>,
    /// `--raw-results`.
    pub raw_results: Option<bool>,
    /// `--no-sandbox-shell`, the other way round.
    pub sandbox_shell: Option<bool>,
    /// `--python-tools`.
    pub python_tools: Option<bool>,
    /// `--max-turns`.
    pub max_turns: Option<NonZeroU32>,
    /// `--allow`, in the order in which they were given.
    pub allow: Vec<String>,
    /// `--read-only`.
    pub read_only: Option<bool>,
    /// `--timeout`, of a whole run.
    pub timeout: Option<Duration>,
}

/// The environment variables: those of the process, or those a test says there are.
///
/// A variable is read when it is asked for, since which ones hold keys depends on the provider.
/// Empty ones count as not set.
#[derive(Debug, Clone)]
pub struct Environment(Variables);

#[derive(Debug, Clone)]
enum Variables {
    Process,
    Fixed(BTreeMap<String, String>),
}

impl Environment {
    /// The environment of this process.
    pub const fn process() -> Self {
        Self(Variables::Process)
    }

    /// An environment of just these variables.
    pub fn fixed<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(Variables::Fixed(variables.into_iter().map(owned).collect()))
    }

    /// The value of a variable that is set and not empty.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads them")]
    pub fn get(&self, name: &str) -> Option<String> {
        match &self.0 {
            Variables::Process => std::env::var_os(name).as_ref().map(text),
            Variables::Fixed(variables) => variables.get(name).cloned(),
        }
        .filter(|value| !value.is_empty())
    }

    /// All variables, as text.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads them")]
    pub fn variables(&self) -> BTreeMap<String, String> {
        match &self.0 {
            Variables::Process => {
                std::env::vars_os().map(|(name, value)| (text(&name), text(&value))).collect()
            }
            Variables::Fixed(variables) => variables.clone(),
        }
    }

    /// The directory the program was started in.
    pub fn directory(&self) -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    /// Where files of this program are kept.
    pub fn directories(&self) -> Directories {
        Directories {
            config: self.base_directory("XDG_CONFIG_HOME", ".config"),
            state: self.base_directory("XDG_STATE_HOME", ".local/state"),
        }
    }

    /// The home directory.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.get("HOME").map(PathBuf::from)
    }

    /// A directory of ours under an XDG base directory, which counts only if it is absolute (XDG
    /// Base Directory Specification).
    fn base_directory(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.get(variable)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(self.home()?.join(below_home)))
            .map(|base| base.join("agentcard"))
    }
}

/// Reads a file that is no longer than this.
pub(super) fn bounded(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(most + 1).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|length| length > most) {
        return Err(io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(text)
}

fn text(text: &OsString) -> String {
    text.to_string_lossy().into_owned()
}

/// A configuration in the making.
#[derive(Debug, Default)]
pub(super) struct Loading {
    pub(super) config: Config,
    pub(super) warnings: Vec<Warning>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Merges all layers: defaults < user file < project file < environment < flags. Of the environment,
/// `FAST_AGENT_MODEL` stands below all of them, and below a `fast-agent.yaml`, as with fast-agent.
///
/// A file that is named, by flag or by `AGENTCARD_CONFIG`, is read in place of the two that are
/// looked for. Relative names are taken from `directory`. All problems are reported at once.
pub fn load(
    flags: &Flags,
    environment: &Environment,
    directory: &Path,
) -> Result<(Config, Vec<Warning>), Vec<Diagnostic>> {
    let mut loading = Loading::default();
    loading.config.directories = environment.directories();
    let last_model = environment.get(LAST_MODEL);
    loading.config.model = last_model.map(|model| Sourced::from_environment(model, LAST_MODEL));
    loading.files(flags, environment, directory);
    loading.environment(environment);
    loading.flags(flags);
    if loading.diagnostics.is_empty() {
        Ok((loading.config, loading.warnings))
    } else {
        Err(loading.diagnostics)
    }
}

/// The files that are read if they are there, weakest first.
pub fn files(flags: &Flags, environment: &Environment, directory: &Path) -> Vec<PathBuf> {
    if let Some(named) = named(flags, environment) {
        return vec![directory.join(named)];
    }
    let own = user_file(environment);
    own.into_iter().chain([directory.join(PROJECT_FILE)]).collect()
}

/// The file that is named.
fn named(flags: &Flags, environment: &Environment) -> Option<PathBuf> {
    flags.config.clone().or_else(|| environment.get("AGENTCARD_CONFIG").map(PathBuf::from))
}

fn user_file(environment: &Environment) -> Option<PathBuf> {
    environment.directories().config.map(|directory| directory.join("config.toml"))
}

impl Loading {
    fn files(&mut self, flags: &Flags, environment: &Environment, directory: &Path) {
        if let Some(named) = named(flags, environment) {
            let path = directory.join(named);
            if !self.file(&path, Trust::Full) {
                self.complain(path, None, "there is no such file");
            }
            return;
        }
        if let Some(path) = user_file(environment) {
            self.file(&path, Trust::Full);
        }
        self.file(&directory.join(PROJECT_FILE), Trust::Project);
    }

    /// Applies a file, and says whether it is there.
    fn file(&mut self, path: &Path, trust: Trust) -> bool {
        match bounded(path, MOST_BYTES) {
            Ok(text) => {
                let diagnostics = file::apply(&mut self.config, &text, path, trust);
                self.diagnostics.extend(diagnostics);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return false,
            Err(error) => self.complain(path.to_owned(), None, &format!("cannot be read: {error}")),
        }
        true
    }

    fn environment(&mut self, environment: &Environment) {
        let text = |name| Some(Sourced::from_environment(environment.get(name)?, name));
        if let Some(model) = text("AGENTCARD_MODEL") {
            self.config.model = Some(model);
        }
        if let Some(Sourced { value, origin }) = text("AGENTCARD_CARD") {
            self.config.card = Some(Sourced { value: value.into(), origin });
        }
        if let Some(url) = self.variable(environment, "AGENTCARD_BASE_URL", str::parse) {
            self.config.base_url = Some(url);
        }
        self.config.api_key = self.secret(environment, "AGENTCARD_API_KEY");
        self.terminal(environment);
        self.color(environment);
        hub::apply_environment(self, environment);
    }

    fn terminal(&mut self, environment: &Environment) {
        if environment.get("TERM").is_some_and(|term| term == "dumb") {
            self.config.terminal = Terminal::Dumb;
        }
    }

    /// `NO_COLOR` (no-color.org), `CLICOLOR_FORCE` (bixense.com/clicolors), and terminals that know
    /// no colors, which do not override what somebody asked for.
    fn color(&mut self, environment: &Environment) {
        let is = |name, hit: fn(&str) -> bool| environment.get(name).is_some_and(|text| hit(&text));
        let auto = self.config.color.value == Color::Auto;
        let color = if is("NO_COLOR", |_| true) {
            Sourced::from_environment(Color::Never, "NO_COLOR")
        } else if is("CLICOLOR_FORCE", |text| text != "0") {
            Sourced::from_environment(Color::Always, "CLICOLOR_FORCE")
        } else if auto && self.config.terminal == Terminal::Dumb {
            Sourced::from_environment(Color::Never, "TERM")
        } else {
            return;
        };
        self.config.color = color;
    }

    fn flags(&mut self, flags: &Flags) {
        fn set<T>(slot: &mut Sourced<T>, value: Option<T>, name: &'static str) {
            if let Some(value) = value {
                *slot = Sourced::from_flag(value, name);
            }
        }
        fn fill<T>(slot: &mut Option<Sourced<T>>, value: Option<T>, name: &'static str) {
            if let Some(value) = value {
                *slot = Some(Sourced::from_flag(value, name));
            }
        }
        let config = &mut self.config;
        fill(&mut config.model, flags.model.clone(), "--model");
        set(&mut config.color, flags.color, "--color");
        set(&mut config.hub.raw_results, flags.raw_results, "--raw-results");
        set(&mut config.shell.sandbox, flags.sandbox_shell, "--no-sandbox-shell");
        set(&mut config.hub.as_python, flags.python_tools, "--python-tools");
        set(&mut config.limits.turns, flags.max_turns.map(NonZeroU32::get), "--max-turns");
        fill(&mut config.limits.time, flags.timeout, "--timeout");
        set(&mut config.policy.read_only, flags.read_only, "--read-only");
        config.policy.rules.splice(0..0, flags.allow.iter().cloned().map(PolicyRule::from_flag));
        match flags.base_url.as_deref().map(str::parse) {
            Some(Ok(url)) => fill(&mut config.base_url, Some(url), "--base-url"),
            Some(Err(error)) => {
                self.complain("command line".into(), Some("--base-url"), &error.to_string());
            }
            None => {}
        }
    }

    /// A variable's value, parsed.
    pub(super) fn variable<T, E: fmt::Display>(
        &mut self,
        environment: &Environment,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Sourced<T>> {
        match parse(&environment.get(name)?) {
            Ok(value) => Some(Sourced::from_environment(value, name)),
            Err(error) => {
                self.complain("environment".into(), Some(name), &error.to_string());
                None
            }
        }
    }

    /// A variable's value, as a secret; what is nothing but spaces counts as not set.
    pub(super) fn secret(
        &mut self,
        environment: &Environment,
        name: &'static str,
    ) -> Option<Secret> {
        self.variable(environment, name, Secret::parse)?.value
    }

    fn complain(&mut self, file: PathBuf, key: Option<&str>, message: &str) {
        self.diagnostics.push(Diagnostic {
            code: "config",
            file,
            place: None,
            key: key.map(str::to_owned),
            message: message.to_owned(),
            hint: None,
        });
    }
}
