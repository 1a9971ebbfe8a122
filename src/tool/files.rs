//! The tools for text files in an agent's working directory: reading needs no question, writing
//! does.
//!
//! They know no other place and no other kind of file.

mod edit;
mod read;
mod write;

use std::io;
use std::sync::Arc;

use super::directory::WorkingDirectory;
use super::{Tool, ToolError};
use crate::message::ToolSpec;

/// One of the tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileTool {
    /// `read_text_file`
    Read,
    /// `write_text_file`
    Write,
    /// `edit_file`
    Edit,
}

impl FileTool {
    /// The tool for the files in a directory.
    pub fn tool(self, directory: &WorkingDirectory) -> Arc<dyn Tool> {
        match self {
            Self::Read => Arc::new(read::ReadFile::new(directory.clone())),
            Self::Write => Arc::new(write::WriteFile::new(directory.clone())),
            Self::Edit => Arc::new(edit::EditFile::new(directory.clone())),
        }
    }

    /// What a model is told about it.
    pub fn spec(self) -> ToolSpec {
        match self {
            Self::Read => read::spec(),
            Self::Write => write::spec(),
            Self::Edit => edit::spec(),
        }
    }
}

/// The most bytes of a file that is edited or replaced, and of what it becomes.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Does blocking work elsewhere. A call that is cancelled meanwhile leaves it to end by itself.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ToolError> + Send + 'static,
) -> Result<T, ToolError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(ToolError::new("The work on the file was given up.")))
}

/// An error about a file, for the model.
fn cannot(what: &str, path: &str, error: &io::Error) -> ToolError {
    ToolError::new(format!("`{path}` cannot be {what}: {error}"))
}

/// What is in a file, as text; nothing where there is no file.
fn text_of(path: &std::path::Path, relative: &str) -> Result<Option<String>, ToolError> {
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", relative, &error)),
    };
    if !metadata.is_file() {
        return Err(ToolError::new(format!("`{relative}` is not a file.")));
    }
    if metadata.len() > MOST_BYTES as u64 {
        return Err(ToolError::new(format!(
            "`{relative}` is too long to be changed here: it has {} bytes, {MOST_BYTES} at most.",
            metadata.len()
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| cannot("read", relative, &error))?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| ToolError::new(format!("`{relative}` is not a text file.")))
}
