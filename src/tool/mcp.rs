//! MCP servers: what they are told, and the tools a model gets from them.
//!
//! It alone knows the protocol. Which servers a card names, and whether they may be started, is
//! decided elsewhere.

mod client;
mod connection;
mod desk;
mod form;
pub mod get_resource;
mod name;
mod output;
mod prompt;
mod resource;
mod server;
mod servers;
mod tool;

use std::path::PathBuf;
use std::time::Duration;

use http::HeaderMap;
use url::Url;

pub use name::Filter;
pub use prompt::{Prompt, PromptArgument};
pub use servers::Servers;

/// A server as it is known before it runs.
pub struct Definition {
    /// What it is called in cards, in the names of its tools and to people.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// How long it may take to start, and how long a call of it may be silent.
    pub timeout: Duration,
    /// How it is greeted.
    pub greeting: Greeting,
    /// The directories it is told to work in; without any it is not told.
    pub roots: Vec<Root>,
    /// Which of its tools a model gets.
    pub tools: Filter,
    /// Which of its resources a model may read.
    pub resources: Filter,
    /// Which of its prompts a person may use.
    pub prompts: Filter,
}

/// A directory that a server is told to work in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its URI.
    pub uri: String,
    /// What it is called.
    pub name: Option<String>,
}

/// How a server is greeted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Greeting {
    /// As all servers know it, and then, if that is refused, as the newest do.
    #[default]
    Any,
    /// Only as the newest know it: `server/discover`.
    Modern,
    /// Only as all know it: `initialize`.
    Legacy,
}

/// Where a server is.
pub enum Address {
    /// It is started, and spoken to over its standard input and output.
    Process(Launch),
    /// It is spoken to over HTTP.
    Http(Endpoint),
}

/// How a server is started. It holds what may be secret, so that it cannot be shown.
pub struct Launch {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// All of its environment.
    pub environment: Vec<(String, String)>,
    /// Where it runs.
    pub directory: PathBuf,
}

/// How a server on a network is spoken to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// Each message with a request of its own ("streamable HTTP"), and in the older way where there
    /// is nothing to post to.
    #[default]
    Streamable,
    /// Only in the older way: with one stream of events for all answers ("HTTP+SSE").
    Sse,
}

/// A server on a network. It holds what may be secret, so that it cannot be shown.
pub struct Endpoint {
    /// Its address.
    pub url: Url,
    /// How it is spoken to.
    pub manner: Manner,
    /// What is sent with every request.
    pub headers: HeaderMap,
    /// What sends them; it must not follow redirects.
    pub http: reqwest::Client,
}
