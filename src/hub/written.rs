//! What a model wrote as `endpoint`, taken apart into path segments and an inline query.
//!
//! It knows the spellings a path may come in and which characters have no place in one; it does
//! not know which paths there are.

use url::Url;

use super::route::Refusal;

/// Longer than any path of the catalog can be.
const LONGEST: usize = 1024;

/// First words that are written in place of the Hub's own.
const ALIASES: &[(&str, &str)] = &[
    ("user", "users"),
    ("org", "organizations"),
    ("orgs", "organizations"),
    ("organization", "organizations"),
    ("model", "models"),
    ("dataset", "datasets"),
    ("space", "spaces"),
    ("collection", "collections"),
    ("whoami", "whoami-v2"),
];

/// A written endpoint, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// The path's segments, without `api`.
    pub(super) segments: Vec<String>,
    /// Parameters written into the path, decoded.
    pub(super) inline: Vec<(String, String)>,
    /// What was read differently than it was written.
    pub(super) repaired: Vec<String>,
}

/// Takes a written endpoint apart, or says what is wrong with it.
pub(super) fn read(endpoint: &str, origin: &Url) -> Result<Written, Refusal> {
    let endpoint = endpoint.trim();
    if endpoint.is_empty() {
        return Err(Refusal::new("`endpoint` is empty; write a path such as /whoami-v2."));
    }
    if endpoint.len() > LONGEST {
        return Err(Refusal::new("`endpoint` is too long to be a path of the Hub's API."));
    }
    let (page, rest) = strip_origin(endpoint, origin)?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    check_characters(path)?;
    let mut written = Written::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        written.inline.push((name.into_owned(), value.into_owned()));
    }
    if !written.inline.is_empty() {
        written.repaired.push("the query string was moved into params".to_owned());
    }
    written.segments = path.trim_matches('/').split('/').map(str::to_owned).collect();
    written.mend(page);
    Ok(written)
}

/// Whether a web page's address was written, or a path of the API.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Nothing, or the API's prefix.
    Path,
    /// The Hub's own address.
    Address,
}

/// Takes the Hub's own origin off; any other is refused.
///
/// It compares text and never parses the address, so that no parser's leniency (credentials before
/// an `@`, backslashes, dots) can make one origin look like another.
fn strip_origin<'a>(endpoint: &'a str, origin: &Url) -> Result<(Origin, &'a str), Refusal> {
    let own = origin.as_str().trim_end_matches('/');
    let bare = own.split_once("://").map_or(own, |(_, host)| host);
    for prefix in [own, bare] {
        if let Some((head, rest)) = endpoint.split_at_checked(prefix.len())
            && head.eq_ignore_ascii_case(prefix)
            && (rest.is_empty() || rest.starts_with(['/', '?']))
        {
            return Ok((Origin::Address, rest));
        }
    }
    if endpoint.contains("://") || endpoint.starts_with("//") {
        return Err(Refusal::new(format!(
            "Only {own} can be called, and `endpoint` is a path on it, such as /whoami-v2."
        )));
    }
    Ok((Origin::Path, endpoint))
}

fn check_characters(path: &str) -> Result<(), Refusal> {
    if let Some(at) = path.find(['{', '<']) {
        let placeholder: String =
            path.get(at..).unwrap_or_default().chars().take_while(|c| *c != '/').take(40).collect();
        return Err(Refusal::new(format!(
            "`{placeholder}` in `endpoint` is a placeholder; put the real name in its place."
        )));
    }
    let foreign = path
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '@')));
    match foreign {
        None => Ok(()),
        Some('#') => {
            Err(Refusal::new("Leave out the `#…` part of `endpoint`; it names no resource."))
        }
        Some(character) => Err(Refusal::new(format!(
            "{character:?} has no place in `endpoint`. A path is made of plain names, such as \
             /users/julien-c/overview; parameters go into `params`."
        ))),
    }
}

impl Written {
    /// Reads the usual other spellings as what they mean.
    fn mend(&mut self, origin: Origin) {
        let api = self.segments.first().is_some_and(|first| first == "api");
        if api {
            self.segments.remove(0);
        } else if origin == Origin::Address && self.is_model_page() {
            self.segments.insert(0, "models".to_owned());
            self.repaired.push("a page's address was read as its API path".to_owned());
        }
        for segment in &mut self.segments {
            if let Some(name) = segment.strip_prefix('@') {
                self.repaired.push(format!("`@{name}` read as `{name}`"));
                *segment = name.to_owned();
            }
        }
        let Some(first) = self.segments.first_mut() else { return };
        if let Some((alias, word)) = ALIASES.iter().find(|(alias, _)| alias == first) {
            self.repaired.push(format!("`/{alias}` read as `/{word}`"));
            *first = (*word).to_owned();
        }
        if let [first, _name] = self.segments.as_slice()
            && matches!(first.as_str(), "users" | "organizations")
        {
            self.segments.push("overview".to_owned());
            self.repaired.push("`/overview` was added".to_owned());
        }
    }

    /// Model pages alone have no word of their own in front: `/ns/name/discussions/7`.
    fn is_model_page(&self) -> bool {
        let known = ["datasets", "spaces", "collections", "models", "users", "organizations"];
        self.segments.first().is_some_and(|first| !known.contains(&first.as_str()))
            && self.segments.get(2).is_some_and(|third| third == "discussions")
    }
}

#[cfg(test)]
mod tests {
    use super::{Written, read};
    use url::Url;

    fn written(endpoint: &str) -> Result<Written, String> {
        let origin = Url::parse("https://huggingface.co").unwrap();
        read(endpoint, &origin).map_err(|refusal| refusal.to_string())
    }

    fn path(endpoint: &str) -> String {
        written(endpoint).unwrap().segments.join("/")
    }

    #[test]
    fn the_usual_spellings_mean_the_same_path() {
        for endpoint in [
            "/users/ada/overview",
            " users/ada/overview/ ",
            "/api/users/ada/overview",
            "api/users/@ada/overview",
            "https://huggingface.co/api/users/ada/overview",
            "HTTPS://HuggingFace.co/api/users/ada/overview",
            "huggingface.co/api/users/ada",
            "/user/ada",
        ] {
            assert_eq!(path(endpoint), "users/ada/overview", "{endpoint}");
        }
    }

    #[test]
    fn the_address_of_a_discussion_is_its_path() {
        assert_eq!(path("https://huggingface.co/a/b/discussions/7"), "models/a/b/discussions/7");
        assert_eq!(
            path("https://huggingface.co/datasets/a/b/discussions/7"),
            "datasets/a/b/discussions/7"
        );
    }

    #[test]
    fn an_inline_query_is_decoded() {
        let written = written("/collections?owner=lumen-labs&item=models%2Fa%2Fb").unwrap();
        assert_eq!(written.segments, ["collections"]);
        let expected = [("owner", "lumen-labs"), ("item", "models/a/b")];
        assert_eq!(written.inline, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn other_origins_are_refused_however_they_are_dressed() {
        for endpoint in [
            "https://huggingface.co@evil.example/api/whoami-v2",
            "https://huggingface.co.evil.example/api/whoami-v2",
            "https://huggingface.co:8443/api/whoami-v2",
            "http://huggingface.co/api/whoami-v2",
            "//evil.example/api/whoami-v2",
            "https:\\\\evil.example",
            "https:/evil.example/x",
        ] {
            written(endpoint).unwrap_err();
        }
    }

    #[test]
    fn a_placeholder_is_named() {
        insta::assert_snapshot!(
            written("/users/{username}/likes").unwrap_err(),
            @"`{username}` in `endpoint` is a placeholder; put the real name in its place."
        );
    }
}
