//! The client for the Hub, real or emulated.
//!
//! It decides where the token comes from and nothing of what is asked.

use url::Url;

use super::proxying;
use crate::config::{Config, TokenSource};
use crate::hub;
use crate::net::{self, Proxying};
use crate::runtime::SetupError;
use crate::sandbox::server::Running;
use crate::secret::Secret;

/// The token of ada-moreau, who may write in the emulator's default world.
const SANDBOX_TOKEN: &str = "hf_test_write_ada";

/// The Hub, or the emulator with the token of the world's main person.
pub(super) fn client(
    config: &Config,
    sandbox: Option<&Running>,
) -> Result<hub::Client, SetupError> {
    let (origin, proxying, token, is_offline) = if let Some(running) = sandbox {
        let token = Secret::parse(SANDBOX_TOKEN).ok().flatten();
        let token = token.map_or(hub::TokenSource::Disabled, hub::TokenSource::Value);
        (running.origin.as_str(), Proxying::Direct, token, false)
    } else {
        let endpoint = &config.hub.endpoint.value;
        let token = hub_token(&config.hub.token);
        (endpoint.as_str(), proxying(endpoint), token, config.hub.offline.value)
    };
    let origin = Url::parse(origin).map_err(|error| SetupError::HubUrl(error.to_string()))?;
    let http = net::client(proxying, config.timeouts.connect.value)?;
    let settings = hub::Settings {
        token,
        max_results: config.hub.max_results.value.into(),
        shaping: if config.hub.raw_results.value {
            hub::Shaping::Raw
        } else {
            hub::Shaping::Compact
        },
        reach: if is_offline { hub::Reach::Offline } else { hub::Reach::Online },
        ..hub::Settings::new(origin)
    };
    Ok(hub::Client::new(http, settings))
}

/// Where the token is.
pub(in crate::runtime) fn hub_token(source: &TokenSource) -> hub::TokenSource {
    match source {
        TokenSource::Disabled | TokenSource::Absent => hub::TokenSource::Disabled,
        TokenSource::Value(secret) => hub::TokenSource::Value(secret.clone()),
        TokenSource::File(path) => hub::TokenSource::File(path.clone()),
    }
}
