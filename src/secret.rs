//! A key or token that cannot be shown by accident.
//!
//! It does not know where secrets come from or where they may go.

use std::fmt;

use http::HeaderValue;

/// A key or token. It has no `Display`, and its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: Box<str>,
    bearer: HeaderValue,
}

/// A text that cannot be a key, because it cannot stand in a header. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("holds a character that a key cannot have")]
pub struct NotASecret;

impl Secret {
    /// Cleans a text as `huggingface_hub` does, by removing line ends and the spaces around it.
    /// What is empty then is no secret.
    pub fn parse(text: &str) -> Result<Option<Self>, NotASecret> {
        let text = text.replace(['\r', '\n'], "");
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotASecret);
        }
        let mut bearer = HeaderValue::try_from(format!("Bearer {text}")).map_err(|_| NotASecret)?;
        bearer.set_sensitive(true);
        Ok(Some(Self { text: text.into(), bearer }))
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The value of an `Authorization` header, marked as sensitive.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_cleaned_and_never_shown() {
        let secret = Secret::parse(" hf_ab\r\nc\n ").unwrap().unwrap();
        assert_eq!(secret.expose(), "hf_abc");
        assert_eq!(secret.bearer(), "Bearer hf_abc");
        assert_eq!(format!("{secret:?} {:?}", secret.bearer()), "Secret(…) Sensitive");
    }

    #[test]
    fn an_empty_text_is_no_secret_and_an_odd_one_is_an_error() {
        assert_eq!(Secret::parse(" \r\n"), Ok(None));
        for odd in ["two words", "tab\tbed", "nul\0", "schlüssel"] {
            assert_eq!(Secret::parse(odd), Err(NotASecret), "{odd:?}");
        }
    }
}
