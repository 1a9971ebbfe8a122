//! The file an answer goes to: written when the answer is there, and then as a whole.
//!
//! It does not know what an answer is.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::failure::{Exit, Failure};

/// A file that will hold the answer. Until then it stays as it is.
#[derive(Debug)]
pub(super) struct Destination {
    /// As the person named it.
    named: PathBuf,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A file that is made, or replaced in one step.
    File {
        /// Where links lead.
        path: PathBuf,
        /// The file beside it that takes its place.
        beside: PathBuf,
    },
    /// A device or a pipe, which can only be written to.
    Stream,
}

impl Destination {
    /// Makes sure that a file can be written here, before anybody is asked anything.
    pub(super) fn prepare(named: &Path) -> Result<Self, Failure> {
        let kind = Kind::of(named).map_err(|error| unwritable(named, &error))?;
        Ok(Self { named: named.to_owned(), kind })
    }

    /// As the person named it.
    pub(super) fn name(&self) -> &Path {
        &self.named
    }

    /// Writes the answer. Where that fails, a file that was there is as it was.
    pub(super) fn write(&self, answer: &[u8]) -> Result<(), Failure> {
        let written = match &self.kind {
            Kind::File { path, beside } => replace(path, beside, answer).inspect_err(|_| {
                // The first failure is the one to tell.
                let _left_behind = fs::remove_file(beside);
            }),
            Kind::Stream => {
                let stream = OpenOptions::new().write(true).open(&self.named);
                stream.and_then(|mut stream| stream.write_all(answer))
            }
        };
        written.map_err(|error| unwritable(&self.named, &error))
    }
}

impl Kind {
    fn of(named: &Path) -> io::Result<Self> {
        match fs::metadata(named) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => Ok(Self::Stream),
            Ok(_) => {
                // A file nobody may write to is not to be replaced either.
                OpenOptions::new().write(true).open(named)?;
                Self::file(fs::canonicalize(named)?)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::file(named.to_owned()),
            Err(error) => Err(error),
        }
    }

    fn file(path: PathBuf) -> io::Result<Self> {
        let mut name = OsString::from(".");
        name.push(path.file_name().ok_or(io::ErrorKind::IsADirectory)?);
        name.push(format!(".{}.tmp", std::process::id()));
        let beside = path.with_file_name(name);
        create(&beside)?;
        fs::remove_file(&beside)?;
        Ok(Self::File { path, beside })
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn replace(path: &Path, beside: &Path, answer: &[u8]) -> io::Result<()> {
    let mut file = create(beside)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.write_all(answer)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, format!("{} cannot be written: {error}", path.display()))
}
