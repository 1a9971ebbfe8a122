//! Where files of the Hub are: `hf://OWNER/REPO/path` as an address.
//!
//! It fetches none.

use url::Url;

use crate::config::Config;

/// How what is a file of the Hub begins.
pub(super) const SCHEME: &str = "hf://";

/// The kinds of repository whose addresses say so; what says nothing is a model's.
const KINDS: [&str; 2] = ["datasets", "spaces"];

/// The address of a file of the Hub: `hf://OWNER/REPO/path.md`, `hf://datasets/OWNER/REPO@REVISION/…`.
pub(super) fn resolve(written: &str, config: &Config) -> Result<Url, String> {
    if config.hub.offline.value {
        return Err("cannot be fetched: the Hub is offline (HF_HUB_OFFLINE)".to_owned());
    }
    let form = || {
        "is no file of the Hub: write hf://OWNER/REPO/path.md, or hf://datasets/… or hf://spaces/…"
            .to_owned()
    };
    let mut parts: Vec<&str> = written.strip_prefix(SCHEME).unwrap_or(written).split('/').collect();
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
}
