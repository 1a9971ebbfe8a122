//! Trust: which programs a card brings may run on this machine.
//!
//! A card can name code of its own, and whoever runs a stranger's card has not read it. A program runs
//! only with a [`Trusted`] that covers it, and one comes from a yes: remembered with the hash of what
//! was said yes to, so that a change is asked about again. It asks nobody and runs nothing.

mod store;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

/// Something a card would run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Program {
    directory: PathBuf,
    kind: Kind,
    name: String,
    sha256: String,
}

/// What kind of program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Python file whose functions are tools or hooks.
    PythonModule,
    /// A command that serves MCP over its standard input and output.
    McpServer,
    /// A shell, for commands that the model writes.
    Shell,
    /// A request that takes along what may be a secret.
    HttpTool,
}

/// The proof of a yes: these programs may run. The default one covers nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trusted {
    programs: BTreeSet<Program>,
}

/// Programs that nobody has said yes to yet, at least not as they are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untrusted {
    programs: Vec<(Program, Standing)>,
}

/// What is known of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may run, and has not changed since.
    Known,
    /// It has never been said yes to.
    New,
    /// What was said yes to was another text under the same name.
    Changed,
}

/// What was said yes to before, kept as `trust.json` for this user alone.
#[derive(Debug, Clone)]
pub struct Trust {
    state: Option<PathBuf>,
}

impl Kind {
    /// The words for it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::PythonModule => "Python module",
            Self::McpServer => "MCP server",
            Self::Shell => "shell",
            Self::HttpTool => "HTTP tool",
        }
    }
}

impl Program {
    /// A program of the card at a path. `content` is what is said yes to: the bytes of a file, a
    /// command line.
    pub fn new(card: &Path, kind: Kind, name: impl Into<String>, content: &[u8]) -> Self {
        let sha256 =
            digest(&SHA256, content).as_ref().iter().fold(String::new(), |mut hex, byte| {
                // Writing to a string cannot fail.
                let _infallible = write!(hex, "{byte:02x}");
                hex
            });
        Self { directory: directory_of(card), kind, name: name.into(), sha256 }
    }

    /// The directory of its card, with symbolic links resolved.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// What kind of program it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The file as the card names it, or the command line.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A card from elsewhere has no directory here; where it came from takes its place.
fn directory_of(card: &Path) -> PathBuf {
    let directory = match card.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned())
}

impl Trusted {
    /// Whether all of these may run.
    pub fn covers(&self, programs: &[Program]) -> bool {
        programs.iter().all(|program| self.programs.contains(program))
    }
}

impl Untrusted {
    /// All that would run, and what is known of each.
    pub fn programs(&self) -> &[(Program, Standing)] {
        &self.programs
    }

    /// Says the yes, for now. Called by whoever asked the person, and by nobody else (a test holds
    /// that).
    pub fn trust(self) -> Trusted {
        Trusted { programs: self.programs.into_iter().map(|(program, _)| program).collect() }
    }
}

impl Trust {
    /// The memory in the directory for state. Without such a directory there is none.
    pub fn new(state: Option<&Path>) -> Self {
        Self { state: state.map(Path::to_owned) }
    }

    /// Finds out whether these programs, of all cards of a run, were said yes to as they are.
    ///
    /// A memory that cannot be read trusts nothing.
    pub fn check(&self, programs: &[Program]) -> Result<Trusted, Untrusted> {
        if programs.is_empty() {
            return Ok(Trusted::default());
        }
        let known = self.state.as_deref().map(store::read).unwrap_or_default();
        let distinct: BTreeSet<Program> = programs.iter().cloned().collect();
        let programs: Vec<_> = distinct
            .into_iter()
            .map(|program| {
                let standing = known.standing(&program);
                (program, standing)
            })
            .collect();
        let is_known = programs.iter().all(|(_, standing)| *standing == Standing::Known);
        let untrusted = Untrusted { programs };
        if is_known { Ok(untrusted.trust()) } else { Err(untrusted) }
    }

    /// Remembers a yes.
    pub fn remember(&self, trusted: &Trusted) -> io::Result<()> {
        let state = self.state.as_deref().ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, "there is no home directory to keep it in")
        })?;
        store::change(state, |known| {
            for program in &trusted.programs {
                known.insert(program);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::slice::from_ref;

    struct Scene {
        home: tempfile::TempDir,
        trust: Trust,
    }

    impl Scene {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            let trust = Trust::new(Some(&home.path().join("state")));
            Self { home, trust }
        }

        fn module(&self, text: &str) -> Program {
            let card = self.home.path().join("card.md");
            Program::new(&card, Kind::PythonModule, "tools.py", text.as_bytes())
        }

        fn standings(&self, programs: &[Program]) -> Vec<Standing> {
            match self.trust.check(programs) {
                Ok(_) => vec![Standing::Known; programs.len()],
                Err(untrusted) => {
                    untrusted.programs().iter().map(|(_, standing)| *standing).collect()
                }
            }
        }
    }

    #[test]
    fn nothing_needs_no_trust() {
        let scene = Scene::new();
        assert_eq!(scene.trust.check(&[]), Ok(Trusted::default()));
        assert!(!Trusted::default().covers(&[scene.module("")]));
    }

    #[test]
    fn a_yes_holds_until_the_file_is_another() {
        let scene = Scene::new();
        let (before, after) = (scene.module("print(1)"), scene.module("print(2)"));
        assert_eq!(scene.standings(from_ref(&before)), [Standing::New]);
        let trusted = scene.trust.check(from_ref(&before)).unwrap_err().trust();
        assert!(trusted.covers(from_ref(&before)));
        assert!(!trusted.covers(&[before.clone(), after.clone()]));
        assert_eq!(scene.standings(from_ref(&before)), [Standing::New], "it was not remembered");
        scene.trust.remember(&trusted).unwrap();
        assert_eq!(scene.trust.check(from_ref(&before)), Ok(trusted));
        assert_eq!(scene.standings(&[after]), [Standing::Changed]);
    }

    #[test]
    fn it_is_about_one_directory_and_one_kind() {
        let scene = Scene::new();
        let module = scene.module("x");
        scene.trust.remember(&scene.trust.check(&[module]).unwrap_err().trust()).unwrap();
        let elsewhere = scene.home.path().join("b");
        fs::create_dir(&elsewhere).unwrap();
        let elsewhere =
            Program::new(&elsewhere.join("card.md"), Kind::PythonModule, "tools.py", b"x");
        let server =
            Program::new(&scene.home.path().join("card.md"), Kind::McpServer, "tools.py", b"x");
        assert_eq!(scene.standings(&[elsewhere]), [Standing::New]);
        assert_eq!(scene.standings(&[server]), [Standing::New]);
    }
}
