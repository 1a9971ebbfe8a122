//! Cards from elsewhere: an address, or a file in a repository of the Hub.
//!
//! What is fetched is somebody else's, and parsed as that. Nothing of it is kept.

use std::path::{Path, PathBuf};

use url::Url;

use crate::card::{self, Card, Origin};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::runtime::fetch::{self, Fetch};

/// Whether a card is fetched. What begins with `file:` is a file of this machine.
pub(super) fn is_remote(path: &Path) -> bool {
    let text = path.to_string_lossy();
    ["https://", "http://", "hf://"].iter().any(|scheme| text.starts_with(scheme))
}

/// The path in a `file:` address; everything else stays as it is.
pub(super) fn local(path: PathBuf) -> PathBuf {
    let url = path.to_str().filter(|text| text.starts_with("file:"));
    let url = url.and_then(|text| Url::parse(text).ok());
    url.and_then(|url| url.to_file_path().ok()).unwrap_or(path)
}

/// Fetches a card and loads it.
pub(super) async fn read(path: &Path, config: &Config) -> Result<Card, Vec<Diagnostic>> {
    let written = path.to_string_lossy();
    let wrong = |message: String, hint: Option<String>| {
        let file = without_password(&written);
        vec![Diagnostic { code: "remote-card", file, place: None, key: None, message, hint }]
    };
    let url = fetch::address(&written, config).map_err(|message| wrong(message, None))?;
    let is_hub = fetch::is_of_hub(&written);
    // An address may have something behind its path; how a card is written is told by the path.
    let named = if is_hub { path.to_owned() } else { PathBuf::from(without_tail(&url)) };
    let fetched = Fetch::with_hub_token(url, config).run(config).await;
    let text = fetched.map_err(|message| {
        let is_hidden = is_hub && ["401", "403", "404"].iter().any(|code| message.contains(code));
        let hint = is_hidden.then(|| "if it is private: `hf auth login`, or HF_TOKEN".to_owned());
        wrong(message, hint)
    })?;
    let mut card = card::parse(&named, text.as_bytes(), Origin::Remote, &|_| None)?;
    path.clone_into(&mut card.path);
    Ok(card)
}

/// An address as it may be shown.
fn without_password(written: &str) -> PathBuf {
    match Url::parse(written) {
        Ok(mut url) if !url.username().is_empty() || url.password().is_some() => {
            let _has_a_host = url.set_username("").and_then(|()| url.set_password(None));
            PathBuf::from(String::from(url))
        }
        _ => PathBuf::from(written),
    }
}

fn without_tail(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_file_is_its_path() {
        assert_eq!(local("file:///tmp/a%20b.md".into()), Path::new("/tmp/a b.md"));
        assert_eq!(local("files/a.md".into()), Path::new("files/a.md"));
        assert!(is_remote(Path::new("hf://a/b/c.md")) && !is_remote(Path::new("hf/a.md")));
    }
}
