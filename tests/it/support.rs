//! What several tests need.

pub(crate) mod model_server;
