//! The file of remembered answers: which program of which directory, and the hash of its text.
//!
//! It knows how the file is written and nothing of what a yes allows.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Program, Standing};

/// The file, in the directory for state.
const FILE: &str = "trust.json";

/// What was said yes to.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// By directory, then by kind and name, as the SHA-256 of the text.
    directories: BTreeMap<String, BTreeMap<String, String>>,
}

impl Known {
    pub(super) fn standing(&self, program: &Program) -> Standing {
        let (directory, name) = keys(program);
        match self.directories.get(&directory).and_then(|programs| programs.get(&name)) {
            Some(sha256) if *sha256 == program.sha256 => Standing::Known,
            Some(_) => Standing::Changed,
            None => Standing::New,
        }
    }

    pub(super) fn insert(&mut self, program: &Program) {
        let (directory, name) = keys(program);
        self.directories.entry(directory).or_default().insert(name, program.sha256.clone());
    }
}

fn keys(program: &Program) -> (String, String) {
    let directory = program.directory.to_string_lossy().into_owned();
    (directory, format!("{} {}", program.kind.words(), program.name))
}

/// Reads the file; one that is not there or damaged knows nothing.
pub(super) fn read(state: &Path) -> Known {
    let bytes = fs::read(state.join(FILE)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Changes the file in one step, and for this process alone meanwhile.
pub(super) fn change(state: &Path, change: impl FnOnce(&mut Known)) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(state)?;
    // Released when it is dropped. The directory stays what it is, unlike the file.
    let directory = File::open(state)?;
    directory.lock()?;
    let mut known = read(state);
    change(&mut known);
    let mut bytes = serde_json::to_vec_pretty(&known)?;
    bytes.push(b'\n');
    let new = state.join(format!("{FILE}.new"));
    // A leftover of an interrupted change may have another mode.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&new, state.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(name: &str) -> Program {
        Program::new(Path::new("/nowhere/card.md"), Kind::PythonModule, name, b"def f(): ...\n")
    }

    #[test]
    fn the_file_is_what_the_documentation_shows() {
        let state = tempfile::tempdir().unwrap();
        let state = state.path().join("agentcard");
        change(&state, |known| known.insert(&program("tools.py"))).unwrap();
        insta::assert_snapshot!(fs::read_to_string(state.join(FILE)).unwrap(), @r#"
        {
          "directories": {
            "/nowhere": {
              "Python module tools.py": "b1a68332ee6c1635c7b32504d892bbf3b4a89bd4059b611c53747d1417e42432"
            }
          }
        }
        "#);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&state.join(FILE)), mode(&state)), (0o600, 0o700));
    }

    #[test]
    fn what_others_said_yes_to_stays() {
        let state = tempfile::tempdir().unwrap();
        change(state.path(), |known| known.insert(&program("a.py"))).unwrap();
        fs::write(state.path().join("trust.json.new"), "interrupted").unwrap();
        change(state.path(), |known| known.insert(&program("b.py"))).unwrap();
        let known = read(state.path());
        assert_eq!(known.standing(&program("a.py")), Standing::Known);
        assert_eq!(known.standing(&program("b.py")), Standing::Known);
    }

    #[test]
    fn a_damaged_file_trusts_nothing_and_is_replaced() {
        let state = tempfile::tempdir().unwrap();
        fs::write(state.path().join(FILE), "{\"directories\": 3").unwrap();
        assert_eq!(read(state.path()), Known::default());
        change(state.path(), |known| known.insert(&program("a.py"))).unwrap();
        assert_eq!(read(state.path()).standing(&program("a.py")), Standing::Known);
    }
}
