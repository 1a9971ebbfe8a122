//! One file being written: whole lines only, whatever the disk says.
//!
//! It knows bytes and their ends, and nothing of what the lines say.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

/// A file that is written to its end by nobody else.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    file: Option<File>,
    /// How many bytes of the file are whole lines.
    length: u64,
    /// Whole lines that are not in the file yet.
    pub(super) pending: Vec<u8>,
    /// Whether something was written since the last sync.
    is_dirty: bool,
    /// Whether the directory knows the file for good.
    is_listed: bool,
}

impl Writer {
    /// A file that is made when there is something to write.
    pub(super) const fn create(path: PathBuf) -> Self {
        Self { path, file: None, length: 0, pending: Vec::new(), is_dirty: false, is_listed: false }
    }

    /// A file of which this many bytes are whole lines; what follows them is taken out.
    pub(super) const fn go_on(path: PathBuf, file: File, length: u64) -> Self {
        Self {
            path,
            file: Some(file),
            length,
            pending: Vec::new(),
            is_dirty: false,
            is_listed: true,
        }
    }

    /// The file's path.
    pub(super) const fn path(&self) -> &PathBuf {
        &self.path
    }

    /// Writes what is pending, all of it or nothing.
    pub(super) fn write(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(create(&self.path)?),
        };
        if file.metadata()?.len() != self.length {
            file.set_len(self.length)?;
        }
        if let Err(error) = file.write_all(&self.pending) {
            // On a full disk, making a file shorter works still. Should it fail, it is done first
            // the next time.
            let _half_written = file.set_len(self.length);
            return Err(error);
        }
        self.length += self.pending.len() as u64;
        self.pending.clear();
        self.is_dirty = true;
        Ok(())
    }

    /// Waits until what was written is on the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_ref().filter(|_| self.is_dirty) else { return Ok(()) };
        file.sync_data()?;
        self.is_dirty = false;
        if let Some(directory) = self.path.parent().filter(|_| !self.is_listed) {
            File::open(directory)?.sync_all()?;
            self.is_listed = true;
        }
        Ok(())
    }
}

/// Makes the file, and its directory if need be.
fn create(path: &PathBuf) -> io::Result<File> {
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
    // Nobody else knows the file yet. Where locks are not known, that stays so for good: see
    // `Store::open`.
    let _no_locks = file.try_lock();
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn what_cannot_be_written_is_written_later() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/t.jsonl");
        fs::write(directory.path().join("deep"), "in the way").unwrap();
        let mut writer = Writer::create(path.clone());
        writer.pending.extend(b"one\n");
        assert!(writer.write().is_err());
        fs::remove_file(directory.path().join("deep")).unwrap();
        writer.pending.extend(b"two\n");
        writer.write().unwrap();
        writer.sync().unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn a_half_written_end_is_taken_out() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("t.jsonl");
        fs::write(&path, "one\ntw").unwrap();
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let mut writer = Writer::go_on(path.clone(), file, 4);
        writer.pending.extend(b"three\n");
        writer.write().unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "one\nthree\n");
    }

    #[test]
    fn a_full_disk_leaves_whole_lines() {
        let Ok(full) = OpenOptions::new().append(true).open("/dev/full") else { return };
        let mut writer = Writer::go_on("/dev/full".into(), full, 0);
        writer.pending.extend(b"one\n");
        assert_eq!(writer.write().unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(writer.pending, b"one\n");
    }
}
