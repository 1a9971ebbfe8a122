//! Where the access token comes from.
//!
//! It reads no environment; whoever configures the Hub says which source is in force.

use std::io;
use std::path::PathBuf;

use crate::secret::{NotASecret, Secret};

/// Where the token comes from.
#[derive(Debug, Clone, Default)]
pub enum TokenSource {
    /// No token is sent, and none is read.
    #[default]
    Disabled,
    /// This one.
    Value(Secret),
    /// The content of this file, read afresh for each request: a login elsewhere counts at once.
    File(PathBuf),
}

/// Why a token that is there cannot be used. It never holds the token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file is there and cannot be read.
    #[error("the token file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// It is no token.
    #[error("the token file {} {problem}", path.display())]
    NotAToken {
        /// The file.
        path: PathBuf,
        /// What is wrong with its content.
        problem: NotASecret,
    },
}

impl TokenSource {
    /// The token in force now. A file that is not there is no token.
    pub fn read(&self) -> Result<Option<Secret>, TokenError> {
        match self {
            Self::Disabled => Ok(None),
            Self::Value(secret) => Ok(Some(secret.clone())),
            Self::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Secret::parse(&text)
                    .map_err(|problem| TokenError::NotAToken { path: path.clone(), problem }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(source) => Err(TokenError::Unreadable { path: path.clone(), source }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TokenSource;
    use crate::secret::Secret;

    #[test]
    fn a_file_is_read_afresh() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let source = TokenSource::File(path.clone());
        assert_eq!(source.read().unwrap(), None);
        std::fs::write(&path, "hf_one\n").unwrap();
        assert_eq!(source.read().unwrap(), Secret::parse("hf_one").unwrap());
        std::fs::write(&path, "hf_two").unwrap();
        assert_eq!(source.read().unwrap(), Secret::parse("hf_two").unwrap());
        std::fs::write(&path, "hf_two\thf_three").unwrap();
        let error = source.read().unwrap_err().to_string();
        assert!(error.ends_with("token holds a character that a key cannot have"), "{error}");
    }
}
