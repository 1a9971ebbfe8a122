//! The directory an agent works in, and which paths are inside it.
//!
//! It reads no file and writes none.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::ToolError;

/// A directory that file tools do not leave: not by `..`, not by a link, not by an absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDirectory {
    /// Absolute and without links.
    root: PathBuf,
}

/// A path inside a working directory, without links. There may be nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inside {
    /// Where it is.
    pub(super) full: PathBuf,
    /// What it is called, seen from the directory.
    pub(super) relative: String,
}

impl WorkingDirectory {
    /// Opens a directory.
    pub fn open(path: &Path) -> io::Result<Self> {
        let root = path.canonicalize()?;
        if root.is_dir() { Ok(Self { root }) } else { Err(io::ErrorKind::NotADirectory.into()) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The place a model means. What of it exists is followed through links first; what does not
    /// exist yet has to be named plainly.
    pub(super) fn place(&self, written: &str) -> Result<Inside, ToolError> {
        if written.is_empty() || written.contains('\0') {
            return Err(ToolError::new("`path` must name a file."));
        }
        let full = follow(&self.root.join(written))
            .map_err(|error| ToolError::new(format!("`{written}` cannot be used: {error}")))?;
        let Ok(relative) = full.strip_prefix(&self.root) else {
            return Err(ToolError::new(format!(
                "`{written}` is outside the working directory {}, and only what is inside can be \
                 read and written.",
                self.root.display()
            )));
        };
        let relative = relative.to_string_lossy().into_owned();
        Ok(Inside { full, relative })
    }
}

/// A path without links. A last part that does not exist yet is left as it is; it may hold no `..`
/// and be no link.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut missing = Vec::new();
    let mut existing = path;
    loop {
        match existing.canonicalize() {
            Ok(mut found) => {
                found.extend(missing.iter().rev());
                return Ok(found);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Err(error) => {
                if existing.symlink_metadata().is_ok() {
                    return Err(io::Error::other("it is a link that leads nowhere"));
                }
                let mut components = existing.components();
                let Some(Component::Normal(name)) = components.next_back() else {
                    return Err(error);
                };
                missing.push(name.to_owned());
                existing = components.as_path();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn at(directory: &WorkingDirectory, path: &str) -> String {
        match directory.place(path) {
            Ok(inside) => inside.relative,
            Err(error) => {
                let root = directory.path().parent().unwrap().to_str().unwrap();
                error.message.replace(root, "/…")
            }
        }
    }

    #[test]
    fn nothing_leads_out() {
        let around = tempfile::tempdir().unwrap();
        let root = around.path().join("work");
        fs::create_dir_all(root.join("src")).unwrap();
        fs::write(root.join("src/main.rs"), "").unwrap();
        fs::write(around.path().join("secret"), "").unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink("../secret", root.join("link")).unwrap();
        symlink("src", root.join("sources")).unwrap();
        symlink("gone", root.join("dangling")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let directory = WorkingDirectory::open(&root).unwrap();
        let absolute = root.join("src/main.rs").to_str().unwrap().to_owned();
        for inside in ["src/main.rs", "./src/../src/main.rs", "sources/main.rs", &absolute] {
            assert_eq!(at(&directory, inside), "src/main.rs", "{inside}");
        }
        assert_eq!(at(&directory, "new/deep/file.txt"), "new/deep/file.txt");
        assert_eq!(at(&directory, "."), "");
        for outside in ["../secret", "/etc/passwd", "up/secret", "link", "up/new", "/nowhere/x"] {
            assert_eq!(
                at(&directory, outside),
                format!(
                    "`{outside}` is outside the working directory /…/work, and only what is inside \
                     can be read and written."
                )
            );
        }
        let cannot = |path: &str| at(&directory, path);
        assert_eq!(
            cannot("dangling"),
            "`dangling` cannot be used: it is a link that leads nowhere"
        );
        assert!(cannot("loop").starts_with("`loop` cannot be used: Too many levels"));
        assert!(
            cannot("new/../../secret").starts_with("`new/../../secret` cannot be used: No such")
        );
        assert!(cannot("src/main.rs/x").starts_with("`src/main.rs/x` cannot be used: Not a dir"));
        assert_eq!(cannot(""), "`path` must name a file.");
    }

    #[test]
    fn a_file_is_no_working_directory() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = WorkingDirectory::open(file.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    }
}
