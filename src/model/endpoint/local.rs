//! Which model servers run on this machine, for whoever has no key for one elsewhere.
//!
//! It only knocks: no request is sent.

use std::fmt;
use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::table;
use crate::config::{BaseUrl, Config};

/// How long a server on this machine may take to be there.
const PATIENCE: Duration = Duration::from_millis(100);

/// A server that accepts connections on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalServer {
    /// The provider that has this port.
    pub provider: String,
    /// The port.
    pub port: u16,
    /// A model spec that may work with it.
    pub example: Option<String>,
}

/// Knocks at the ports of all local providers side by side, and says who answers.
pub async fn local_servers(config: &Config) -> Vec<LocalServer> {
    let servers = table(config).providers.into_iter().filter_map(|(provider, row)| {
        let url = row.base_url.filter(BaseUrl::is_loopback)?;
        let example = row.example.map(|model| format!("{provider}.{model}"));
        Some(LocalServer { port: url.port()?, provider, example })
    });
    let knocks = servers.map(|server| async move {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port));
        timeout(PATIENCE, stream).await.is_ok_and(|stream| stream.is_ok()).then_some(server)
    });
    join_all(knocks).await.into_iter().flatten().collect()
}

impl fmt::Display for LocalServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answers on port {}", self.provider, self.port)?;
        match &self.example {
            Some(example) => write!(f, ": try `--model {example}`"),
            None => Ok(()),
        }
    }
}
