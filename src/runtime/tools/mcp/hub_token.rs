//! The Hub's token for MCP servers of the Hub: which are, and how it is sent to them.
//!
//! It reads no token for any other server.

use http::header::AUTHORIZATION;
use url::Url;

use crate::config::TokenSource;
use crate::config::mcp::Address;
use crate::runtime::connect::hub_token;

/// What a Space is sent the token with: the Hub takes it away on the way, so that what runs there
/// has `Authorization` for itself.
const FOR_SPACES: &str = "x-hf-authorization";

/// Whose server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The Hub's own.
    Hub,
    /// Anybody's, who has a Space.
    Space,
}

/// Adds the token to what a server of this owner is sent, unless that says already who one is.
pub(super) fn add(address: &mut Address, owner: Owner, source: &TokenSource) {
    let Address::Http(http) = address else { return };
    let says_who = [AUTHORIZATION.as_str(), FOR_SPACES];
    if owner_of(&http.url) != Some(owner)
        || says_who.iter().any(|name| http.headers.contains_key(*name))
    {
        return;
    }
    // One that cannot be read is complained about where the Hub itself is asked.
    if let Ok(Some(token)) = hub_token(source).read() {
        match owner {
            Owner::Hub => http.headers.insert(AUTHORIZATION, token.bearer()),
            Owner::Space => http.headers.insert(FOR_SPACES, token.bearer()),
        };
    }
}

/// Whose server is at an address, if it is the Hub's or on it and nobody can read along.
fn owner_of(url: &Url) -> Option<Owner> {
    let host = url.host_str().filter(|_| url.scheme() == "https" && url.port().is_none())?;
    match host.strip_suffix(".hf.space") {
        None => matches!(host, "huggingface.co" | "hf.co").then_some(Owner::Hub),
        Some(space) => (!space.is_empty() && !space.contains('.')).then_some(Owner::Space),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::mcp::{Http, Manner};
    use crate::secret::Secret;
    use http::{HeaderMap, HeaderValue};

    fn sent(url: &str, headers: HeaderMap, owner: Owner) -> Vec<(String, String)> {
        let url = url.parse().unwrap();
        let mut address = Address::Http(Http { url, headers, manner: Manner::Streamable });
        let token = Secret::parse("hf_mine").unwrap().unwrap();
        add(&mut address, owner, &TokenSource::Value(token));
        let Address::Http(http) = address else { panic!("it is on a network") };
        let shown = http
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        shown.collect()
    }

    #[test]
    fn the_token_goes_to_the_hub_and_to_spaces_alone() {
        let pair = |name: &str| vec![(name.to_owned(), "Bearer hf_mine".to_owned())];
        for url in ["https://huggingface.co/mcp", "https://hf.co/mcp?login", "https://HF.co:443/"] {
            assert_eq!(sent(url, HeaderMap::new(), Owner::Hub), pair("authorization"), "{url}");
            assert_eq!(sent(url, HeaderMap::new(), Owner::Space), [], "{url}");
        }
        let space = "https://ada-notes.hf.space/gradio_api/mcp/";
        assert_eq!(sent(space, HeaderMap::new(), Owner::Space), pair("x-hf-authorization"));
        assert_eq!(sent(space, HeaderMap::new(), Owner::Hub), []);
        for url in [
            "http://huggingface.co/mcp",
            "https://huggingface.co:8443/mcp",
            "https://huggingface.co.example.org/mcp",
            "https://huggingface.co@example.org/mcp",
            "https://mcp.huggingface.co/mcp",
            "https://evilhf.co/mcp",
            "https://hf.space/mcp",
            "https://a.b.hf.space/mcp",
            "https://ahf.space/mcp",
            "http://ada-notes.hf.space/mcp",
            "https://127.0.0.1/mcp",
        ] {
            for owner in [Owner::Hub, Owner::Space] {
                assert_eq!(sent(url, HeaderMap::new(), owner), [], "{url}");
            }
        }
    }

    #[test]
    fn who_says_who_they_are_is_not_overruled() {
        for name in ["authorization", "x-hf-authorization"] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static("mine"));
            let sent = sent("https://hf.co/mcp", headers, Owner::Hub);
            assert_eq!(sent, [(name.to_owned(), "mine".to_owned())]);
        }
    }
}
