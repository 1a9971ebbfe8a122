//! The URL of a server whose paths are appended to it.
//!
//! It does not know whose server it is.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use url::{Host, ParseError, Url};

/// An absolute `http` or `https` URL without credentials, query or fragment, and without a slash at
/// its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Cow<'static, str>);

/// A text that is no base URL. It does not repeat the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotABaseUrl {
    /// It cannot be read.
    #[error("is not a URL: {0}")]
    Syntax(ParseError),
    /// Its scheme is something else, or there is none.
    #[error("must start with `http://` or `https://`")]
    Scheme,
    /// It holds a user name or password.
    #[error("must not hold a user name or password")]
    Credentials,
    /// It holds a query or fragment.
    #[error("must end with its path: paths are appended to it, so it can hold no `?` and no `#`")]
    Tail,
}

impl BaseUrl {
    /// The Hugging Face Hub.
    pub const HUB: Self = Self(Cow::Borrowed("https://huggingface.co"));

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has the scheme, host and port of another: what a secret for one may be sent to.
    pub fn same_origin(&self, other: &Self) -> bool {
        match (self.url(), other.url()) {
            (Some(this), Some(other)) => this.origin() == other.origin(),
            _ => false,
        }
    }

    /// Whether what is sent to it stays on this machine.
    pub fn is_loopback(&self) -> bool {
        self.url().as_ref().is_some_and(is_loopback)
    }

    /// The port, written or implied.
    pub fn port(&self) -> Option<u16> {
        self.url()?.port_or_known_default()
    }

    fn url(&self) -> Option<Url> {
        Url::parse(self.as_str()).ok()
    }
}

/// Whether what is sent to a URL stays on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;

    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let url = Url::parse(text).map_err(|error| match error {
            ParseError::RelativeUrlWithoutBase => NotABaseUrl::Scheme,
            other => NotABaseUrl::Syntax(other),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotABaseUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotABaseUrl::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(NotABaseUrl::Tail);
        }
        Ok(Self(Cow::Owned(url.as_str().trim_end_matches('/').to_owned())))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_at_the_end_are_stripped() {
        for text in ["http://localhost:11434/v1", "http://localhost:11434/v1//"] {
            assert_eq!(text.parse::<BaseUrl>().unwrap().as_str(), "http://localhost:11434/v1");
        }
        assert_eq!(
            "https://huggingface.co/".parse::<BaseUrl>().unwrap().as_str(),
            "https://huggingface.co",
        );
    }

    #[test]
    fn what_is_no_base_url_is_refused_without_being_repeated() {
        let explain = |text: &str| text.parse::<BaseUrl>().unwrap_err().to_string();
        assert_eq!(explain("localhost:8080"), "must start with `http://` or `https://`");
        assert_eq!(explain("/v1"), "must start with `http://` or `https://`");
        assert_eq!(explain("http://"), "is not a URL: empty host");
        assert_eq!(explain("ftp://host/v1"), "must start with `http://` or `https://`");
        assert_eq!(explain("http://me:secret@host"), "must not hold a user name or password");
        assert_eq!(
            explain("http://host/v1?key=secret"),
            "must end with its path: paths are appended to it, so it can hold no `?` and no `#`",
        );
    }

    #[test]
    fn the_hub_is_written_as_any_url_would_be_read() {
        assert_eq!(BaseUrl::HUB.as_str().parse(), Ok(BaseUrl::HUB));
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let url = |text: &str| text.parse::<BaseUrl>().unwrap();
        assert!(url("https://host/v1").same_origin(&url("https://HOST:443/v2")));
        assert!(!url("https://host/v1").same_origin(&url("http://host/v1")));
        assert!(!url("https://host").same_origin(&url("https://host:8443")));
        assert!(!url("https://host").same_origin(&url("https://host.evil.example")));
    }

    #[test]
    fn loopback_is_this_machine_however_it_is_written() {
        let loopback = |text: &str| text.parse::<BaseUrl>().unwrap().is_loopback();
        assert!(loopback("http://localhost:1"));
        assert!(loopback("http://127.1:1"));
        assert!(loopback("http://[::1]:1"));
        assert!(!loopback("http://127.0.0.1.evil.example"));
        assert!(!loopback("http://0.0.0.0:1"));
    }
}
