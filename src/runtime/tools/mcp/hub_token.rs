//! The Hub's token for MCP servers of the Hub.
//!
//! It reads no token for any other server: a Space is somebody's program, on an origin of its own.

use http::header::AUTHORIZATION;
use url::Url;

use crate::config::TokenSource;
use crate::config::mcp::Address;
use crate::runtime::connect::hub_token;

/// Adds the token to what a server of the Hub is sent, unless that says already who one is.
pub(super) fn add(address: &mut Address, source: &TokenSource) {
    let Address::Http(http) = address else { return };
    if !is_hub(&http.url) || http.headers.contains_key(AUTHORIZATION) {
        return;
    }
    // One that cannot be read is complained about where the Hub itself is asked.
    if let Ok(Some(token)) = hub_token(source).read() {
        http.headers.insert(AUTHORIZATION, token.bearer());
    }
}

/// Whether the Hub is at an address, and nobody can read along.
fn is_hub(url: &Url) -> bool {
    url.scheme() == "https"
        && url.port().is_none()
        && matches!(url.host_str(), Some("huggingface.co" | "hf.co"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::mcp::{Http, Manner};
    use crate::secret::Secret;
    use http::{HeaderMap, HeaderValue};

    fn sent(url: &str, headers: HeaderMap) -> Vec<(String, String)> {
        let url = url.parse().unwrap();
        let mut address = Address::Http(Http { url, headers, manner: Manner::Streamable });
        let token = Secret::parse("hf_mine").unwrap().unwrap();
        add(&mut address, &TokenSource::Value(token));
        let Address::Http(http) = address else { panic!("it is on a network") };
        let shown = http
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        shown.collect()
    }

    #[test]
    fn the_token_goes_to_the_hub_alone() {
        let mine = [("authorization".to_owned(), "Bearer hf_mine".to_owned())];
        for url in ["https://huggingface.co/mcp", "https://hf.co/mcp?login", "https://HF.co:443/"] {
            assert_eq!(sent(url, HeaderMap::new()), mine, "{url}");
        }
        for url in [
            "http://huggingface.co/mcp",
            "https://huggingface.co:8443/mcp",
            "https://huggingface.co.example.org/mcp",
            "https://huggingface.co@example.org/mcp",
            "https://mcp.huggingface.co/mcp",
            "https://evilhf.co/mcp",
            "https://ada-notes.hf.space/gradio_api/mcp/",
            "https://127.0.0.1/mcp",
        ] {
            assert_eq!(sent(url, HeaderMap::new()), [], "{url}");
        }
    }

    #[test]
    fn who_says_who_they_are_is_not_overruled() {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("mine"))]);
        let sent = sent("https://hf.co/mcp", headers);
        assert_eq!(sent, [("authorization".to_owned(), "mine".to_owned())]);
    }
}
