//! The older way to speak over HTTP: a stream of events on which the server speaks, and an address it
//! names there to which it is spoken to.
//!
//! It does not know when this way is taken.

use std::sync::Arc;

use futures_util::StreamExt as _;
use rmcp::RoleClient;
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::common::client_side_sse::BoxedSseResponse;
use rmcp::transport::streamable_http_client::{StreamableHttpClient as _, StreamableHttpError};
use url::Url;

use super::super::Endpoint;
use super::custom_headers;
use super::trouble::Trouble;

/// What can go wrong with a request.
pub(super) type Error = StreamableHttpError<reqwest::Error>;

/// The stream of a server that said where it is spoken to.
pub(super) struct Sse {
    events: BoxedSseResponse,
    /// A request with the headers for it, but for the message.
    request: reqwest::RequestBuilder,
}

impl Sse {
    /// Opens the stream, and waits until the server says where it is spoken to: on its own origin,
    /// since what is sent there may be secret.
    pub(super) async fn open(endpoint: &Endpoint) -> Result<Self, Trouble> {
        let Endpoint { url, headers, http, .. } = endpoint;
        let uri = Arc::from(url.as_str());
        let mut events = http.get_stream(uri, None, None, None, custom_headers(headers)).await?;
        let other = |text: &str| Trouble::Other(text.to_owned());
        let named = loop {
            let event = events.next().await.transpose().map_err(Error::from)?;
            let event = event.ok_or_else(|| other("it does not say where it is spoken to"))?;
            if event.event.as_deref() == Some("endpoint") {
                break event.data.unwrap_or_default();
            }
        };
        let target = target(url, named.trim())
            .ok_or_else(|| other("it wants to be spoken to at another server's address"))?;
        let request = http.post(target).headers(headers.clone());
        Ok(Self { events, request })
    }
}

/// The address a server named, if it is on its own origin.
fn target(url: &Url, named: &str) -> Option<Url> {
    url.join(named).ok().filter(|target| target.origin() == url.origin())
}

impl Transport<RoleClient> for Sse {
    type Error = Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let request = self.request.try_clone();
        async move {
            let request = request.ok_or(Error::TransportChannelClosed)?;
            let status = request.json(&message).send().await?.status();
            if status.is_success() {
                return Ok(());
            }
            Err(Error::UnexpectedServerResponse(format!("HTTP {status}").into()))
        }
    }

    /// What is no message is passed over. A stream that breaks off has ended.
    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        loop {
            let event = self.events.next().await?.ok()?;
            let is_message = matches!(event.event.as_deref(), None | Some("message"));
            let data = event.data.filter(|_| is_message).unwrap_or_default();
            if let Ok(message) = serde_json::from_str(&data) {
                return Some(message);
            }
        }
    }

    async fn close(&mut self) -> Result<(), Error> {
        self.events = futures_util::stream::empty().boxed();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_spoken_to_on_its_own_origin_only() {
        let url = Url::parse("https://mcp.example.org/a/sse?key=1").unwrap();
        let shown = |named| target(&url, named).map(String::from);
        for (named, meant) in [
            ("/message?id=1", "https://mcp.example.org/message?id=1"),
            ("message", "https://mcp.example.org/a/message"),
            ("?id=1", "https://mcp.example.org/a/sse?id=1"),
            ("https://mcp.example.org:443/message", "https://mcp.example.org/message"),
        ] {
            assert_eq!(shown(named).as_deref(), Some(meant));
        }
        for named in [
            "http://mcp.example.org/message",
            "https://mcp.example.org:8443/message",
            "https://mcp.example.org.evil.example/message",
            "//evil.example/message",
            "\\\\evil.example/message",
            "data:text/plain,message",
            "http://[",
        ] {
            assert_eq!(shown(named), None);
        }
    }
}
