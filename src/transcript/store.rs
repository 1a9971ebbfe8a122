//! The directory of transcripts: which there are, which is meant, which are too old.
//!
//! It reads names and first lines, and opens files for one process at a time.

use std::fs::{self, DirEntry, File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::load::{self, Flaw};
use super::record::opening;
use super::writer::Writer;
use super::{Header, Id, LoadError, Transcript};
use crate::conversation::Conversation;

/// The directory, in the one it is given.
const DIRECTORY: &str = "transcripts";

/// How a transcript's file ends.
const SUFFIX: &str = ".jsonl";

/// Says by its age when old files were last looked for.
const PRUNED: &str = ".pruned";

/// How often old files are looked for.
const BETWEEN_PRUNINGS: Duration = Duration::from_hours(24);

/// The transcripts of one user.
#[derive(Debug, Clone)]
pub struct Store {
    directory: PathBuf,
}

/// A transcript to go on with.
#[derive(Debug)]
pub struct Opened {
    /// Its name.
    pub id: Id,
    /// What it holds.
    pub transcript: Transcript,
    pub(super) path: PathBuf,
    /// The file, where it is this process's to write.
    pub(super) file: Option<File>,
}

/// Why no transcript is meant.
#[derive(Debug)]
pub enum FindError {
    /// There is none of this name.
    None {
        /// All there are.
        ids: Vec<Id>,
    },
    /// The names of several begin so.
    Several(Vec<Id>),
    /// The directory cannot be read.
    Unreadable(io::Error),
}

impl Opened {
    /// Whether the file is another process's, or cannot be written.
    pub const fn is_taken(&self) -> bool {
        self.file.is_none()
    }
}

impl Store {
    /// The transcripts below the directory for state. It need not exist yet.
    pub fn new(state: &Path) -> Self {
        Self { directory: state.join(DIRECTORY) }
    }

    /// Where they lie.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The file of a transcript.
    pub fn path(&self, id: &Id) -> PathBuf {
        self.directory.join(format!("{id}{SUFFIX}"))
    }

    /// All names, the last begun first.
    pub fn ids(&self) -> io::Result<Vec<Id>> {
        let mut ids: Vec<Id> = self.entries()?.into_iter().map(|(id, _)| id).collect();
        ids.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    /// All names and when each was last written to, the latest first.
    pub fn by_use(&self) -> io::Result<Vec<(Id, SystemTime)>> {
        let used =
            |(id, entry): (Id, DirEntry)| Some((id, entry.metadata().ok()?.modified().ok()?));
        let mut ids: Vec<_> = self.entries()?.into_iter().filter_map(used).collect();
        ids.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
        Ok(ids)
    }

    /// The one that is meant by the start of its name, or by the name that the person gave it.
    pub fn find(&self, written: &str) -> Result<Id, FindError> {
        let ids = self.ids().map_err(FindError::Unreadable)?;
        if let Some(id) = ids.iter().find(|id| id.as_str() == written) {
            return Ok(id.clone());
        }
        let meant: Vec<Id> = ids.iter().filter(|id| id.is_meant_by(written)).cloned().collect();
        match <[Id; 1]>::try_from(meant) {
            Ok([id]) => Ok(id),
            Err(meant) if meant.is_empty() => {
                self.named(written, &ids).ok_or(FindError::None { ids })
            }
            Err(meant) => Err(FindError::Several(meant)),
        }
    }

    /// The first line of a transcript.
    pub fn header(&self, id: &Id) -> Result<Header, LoadError> {
        let path = self.path(id);
        let mut line = Vec::new();
        File::open(&path)
            .and_then(|file| BufReader::with_capacity(1024, file).read_until(b'\n', &mut line))
            .map_err(|error| LoadError::Unreadable { path: path.clone(), error })?;
        load::header(&line).map_err(|flaw| flaw.of(path))
    }

    /// Reads a transcript.
    pub fn load(&self, id: &Id) -> Result<Transcript, LoadError> {
        let path = self.path(id);
        let bytes =
            fs::read(&path).map_err(|error| LoadError::Unreadable { path: path.clone(), error })?;
        load::parse(&bytes).map_err(|flaw| flaw.of(path))
    }

    /// Reads a transcript and keeps its file for this process, if no other one has it and it can be
    /// written.
    pub fn open(&self, id: &Id) -> Result<Opened, LoadError> {
        let path = self.path(id);
        let unreadable = |error| LoadError::Unreadable { path: path.clone(), error };
        let (mut file, is_ours) = match OpenOptions::new().read(true).append(true).open(&path) {
            Ok(file) => {
                let is_ours = lock(&file);
                (file, is_ours)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unreadable(error)),
            Err(_read_only) => (File::open(&path).map_err(unreadable)?, false),
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        let parsed = load::parse(&bytes);
        let transcript = parsed.map_err(|flaw: Flaw| flaw.of(path.clone()))?;
        Ok(Opened { id: id.clone(), transcript, path, file: is_ours.then_some(file) })
    }

    /// Makes a file of a conversation.
    pub fn create(&self, header: &Header, conversation: &Conversation) -> io::Result<()> {
        let mut writer = Writer::create(self.path(&header.id));
        opening(header, conversation, &mut writer.pending);
        writer.write()?;
        writer.sync()
    }

    /// Removes a transcript. Returns false, and leaves it, if a process is using it.
    pub fn remove(&self, id: &Id) -> io::Result<bool> {
        let path = self.path(id);
        // Held until the file is gone, so that nobody begins to use it meanwhile.
        let file = File::open(&path)?;
        if matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            return Ok(false);
        }
        fs::remove_file(path)?;
        Ok(true)
    }

    /// Removes, once a day, what nobody has written to for this long. What is in use stays, and so
    /// does what has a name.
    pub(super) fn prune(&self, keep: Duration) {
        let now = SystemTime::now();
        let is_older = |modified: io::Result<SystemTime>, than| {
            let age = modified.ok().and_then(|modified| now.duration_since(modified).ok());
            age.is_some_and(|age| age > than)
        };
        let mark = self.directory.join(PRUNED);
        let last = fs::metadata(&mark).and_then(|mark| mark.modified());
        if last.is_ok() && !is_older(last, BETWEEN_PRUNINGS) {
            return;
        }
        // Whatever goes wrong here is tried again another day.
        let _another_day = fs::write(mark, "");
        for (id, entry) in self.entries().unwrap_or_default() {
            let is_old = is_older(entry.metadata().and_then(|file| file.modified()), keep);
            if is_old && self.load(&id).is_ok_and(|transcript| transcript.name.is_none()) {
                let _another_day = self.remove(&id);
            }
        }
    }

    fn entries(&self) -> io::Result<Vec<(Id, DirEntry)>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let named = |entry: DirEntry| {
            let id = Id::of_stem(entry.file_name().to_str()?.strip_suffix(SUFFIX)?)?;
            Some((id, entry))
        };
        Ok(entries.filter_map(|entry| named(entry.ok()?)).collect())
    }
}

/// Makes a file this process's, unless it is another's or was removed. Where locks are not known,
/// nobody can tell whose it is.
fn lock(file: &File) -> bool {
    file.try_lock().is_ok() && file.metadata().is_ok_and(|file| file.nlink() > 0)
}
