//! The HTTP clients of a run: one for servers on this machine, one for all others.
//!
//! It does not know who is spoken to.

use std::sync::{Arc, OnceLock};

use reqwest::Client;

use crate::config::Timeouts;
use crate::net::{self, Proxying};

/// The HTTP clients of a run, each made when it is first needed. Clones are the same clients, so that
/// agents side by side share connections.
#[derive(Clone, Default)]
pub(super) struct Clients(Arc<ByProxying>);

#[derive(Default)]
struct ByProxying {
    direct: OnceLock<Client>,
    system: OnceLock<Client>,
}

impl Clients {
    /// The client for servers behind the machine's proxy, or for those that are not.
    pub(super) fn get(
        &self,
        proxying: Proxying,
        timeouts: &Timeouts,
    ) -> Result<Client, reqwest::Error> {
        let slot = match proxying {
            Proxying::Direct => &self.0.direct,
            Proxying::System => &self.0.system,
        };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let client = net::client(proxying, timeouts.connect.value)?;
        Ok(slot.get_or_init(|| client).clone())
    }
}
