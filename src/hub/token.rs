//! The access token: where it comes from and that it shows nowhere.
//!
//! It reads no environment; whoever configures the Hub says which source is in force.

use std::fmt;
use std::io;
use std::path::PathBuf;

use reqwest::header::HeaderValue;

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

/// A token that prints as dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

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
    /// It holds characters no HTTP header can carry.
    #[error("the Hub token holds characters that cannot be sent in an HTTP header")]
    Unsendable,
}

impl Secret {
    /// Cleans a token the way the Hub's own client does: line breaks are removed, spaces trimmed,
    /// and what is empty then is no token.
    pub fn clean(text: &str) -> Option<Self> {
        let text = text.replace(['\r', '\n'], "");
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The `Authorization` header.
    pub(super) fn header(&self) -> Result<HeaderValue, TokenError> {
        let mut header = HeaderValue::from_str(&format!("Bearer {}", self.0))
            .map_err(|_| TokenError::Unsendable)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

impl TokenSource {
    /// The token in force now. A file that is not there is no token.
    pub fn read(&self) -> Result<Option<Secret>, TokenError> {
        match self {
            Self::Disabled => Ok(None),
            Self::Value(secret) => Ok(Some(secret.clone())),
            Self::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Ok(Secret::clean(&text)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(source) => Err(TokenError::Unreadable { path: path.clone(), source }),
            },
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, TokenSource};

    #[test]
    fn a_token_is_cleaned_and_never_shown() {
        let secret = Secret::clean(" hf_abc\r\ndef \n").unwrap();
        assert_eq!(secret.header().unwrap(), "Bearer hf_abcdef");
        assert_eq!(format!("{secret:?} {:?}", secret.header()), "Secret(…) Ok(Sensitive)");
        assert_eq!(Secret::clean(" \r\n"), None);
    }

    #[test]
    fn a_file_is_read_afresh() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let source = TokenSource::File(path.clone());
        assert_eq!(source.read().unwrap(), None);
        std::fs::write(&path, "hf_one\n").unwrap();
        assert_eq!(source.read().unwrap(), Secret::clean("hf_one"));
        std::fs::write(&path, "hf_two").unwrap();
        assert_eq!(source.read().unwrap(), Secret::clean("hf_two"));
    }
}
