//! Cards from elsewhere: an address, or a file in a repository of the Hub.
//!
//! What is fetched is somebody else's, and parsed as that. Nothing of it is kept.

use std::path::{Path, PathBuf};

use url::Url;

use crate::card::{self, Card, Origin};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::runtime::fetch::{self, Fetch};

/// The kinds of repository whose addresses say so; what says nothing is a model's.
const KINDS: [&str; 2] = ["datasets", "spaces"];

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
    let is_hub = written.starts_with("hf://");
    if is_hub && config.hub.offline.value {
        return Err(wrong(
            "cannot be fetched: the Hub is offline (HF_HUB_OFFLINE)".to_owned(),
            None,
        ));
    }
    let url = if is_hub { resolve(&written, config) } else { fetch::address(&written) };
    let url = url.map_err(|message| wrong(message, None))?;
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

/// The address of a file of the Hub: `hf://OWNER/REPO/path.md`, `hf://datasets/OWNER/REPO@REVISION/…`.
fn resolve(written: &str, config: &Config) -> Result<Url, String> {
    let form = || {
        "is no file of the Hub: write hf://OWNER/REPO/path.md, or hf://datasets/… or hf://spaces/…"
            .to_owned()
    };
    let mut parts: Vec<&str> =
        written.strip_prefix("hf://").unwrap_or(written).split('/').collect();
    let is_name = |part: &&str| !part.is_empty() && ![".", ".."].contains(part);
    if !parts.iter().all(is_name) || written.contains(['?', '#', '%', '\\']) {
        return Err(form());
    }
    let mut way = Vec::new();
    match parts.first() {
        Some(kind) if KINDS.contains(kind) => way.push(parts.remove(0)),
        Some(&"models") => _ = parts.remove(0),
        _ => {}
    }
    let [owner, repo, file @ ..] = parts.as_slice() else { return Err(form()) };
    let (repo, revision) = repo.split_once('@').unwrap_or((repo, "main"));
    if file.is_empty() || repo.is_empty() || revision.is_empty() {
        return Err(form());
    }
    way.extend([owner, repo, "resolve", revision]);
    way.extend(file);
    let mut url =
        Url::parse(config.hub.endpoint.value.as_str()).map_err(|error| error.to_string())?;
    url.path_segments_mut().map_err(|()| form())?.pop_if_empty().extend(way);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_hub_has_an_address() {
        let config = Config::default();
        let shown = |written: &str| match resolve(written, &config) {
            Ok(url) => url.to_string(),
            Err(error) => error[..8].to_owned(),
        };
        let hub = "https://huggingface.co";
        assert_eq!(shown("hf://a/b/c.md"), format!("{hub}/a/b/resolve/main/c.md"));
        assert_eq!(shown("hf://models/a/b/x/y z.md"), format!("{hub}/a/b/resolve/main/x/y%20z.md"));
        assert_eq!(
            shown("hf://datasets/a/b@v1/c.md"),
            format!("{hub}/datasets/a/b/resolve/v1/c.md")
        );
        assert_eq!(shown("hf://spaces/a/b/c.md"), format!("{hub}/spaces/a/b/resolve/main/c.md"));
        for wrong in [
            "hf://",
            "hf://a/b",
            "hf://a/b/",
            "hf://a/b/../c.md",
            "hf://a//c.md",
            "hf://datasets/a/b",
            "hf://a/b@/c.md",
            "hf://a/b/c.md?x",
            "hf://a/b/%2e%2e/c.md",
        ] {
            assert_eq!(shown(wrong), "is no fi", "{wrong}");
        }
    }

    #[test]
    fn an_address_of_a_file_is_its_path() {
        assert_eq!(local("file:///tmp/a%20b.md".into()), Path::new("/tmp/a b.md"));
        assert_eq!(local("files/a.md".into()), Path::new("files/a.md"));
        assert!(is_remote(Path::new("hf://a/b/c.md")) && !is_remote(Path::new("hf/a.md")));
    }
}
