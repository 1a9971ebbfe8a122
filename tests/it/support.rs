//! What several tests need.

pub(crate) mod certificate;
pub(crate) mod hub;
pub(crate) mod mcp;
pub(crate) mod mcp_http;
pub(crate) mod model_server;
pub(crate) mod program;
pub(crate) mod python;
pub(crate) mod sarif;
pub(crate) mod terminal;
pub(crate) mod wait;
