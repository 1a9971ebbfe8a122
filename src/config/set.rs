//! What of the configuration was set, and by whom: for people who wonder why.
//!
//! It never shows a key.

use std::fmt::Display;

use super::{Config, Origin, Setting, Sourced};

impl Config {
    /// Every setting that somebody set, in the order of the example file.
    pub fn set(&self) -> Vec<Setting> {
        let Self { limits, timeouts, retries, hub, policy, .. } = self;
        let seconds = |time: &Sourced<std::time::Duration>| Sourced {
            value: format!("{} s", time.value.as_secs_f64()),
            origin: time.origin.clone(),
        };
        let fallbacks = self.model_fallbacks.value.iter().map(ToString::to_string);
        let fallbacks = Sourced {
            value: fallbacks.collect::<Vec<_>>().join(", "),
            origin: self.model_fallbacks.origin.clone(),
        };
        let color = Sourced {
            value: format!("{:?}", self.color.value).to_lowercase(),
            origin: self.color.origin.clone(),
        };
        let card = self.card.as_ref().map(|card| Sourced {
            value: card.value.display().to_string(),
            origin: card.origin.clone(),
        });
        let key = self.api_key.as_ref().map(|_| Sourced {
            value: "a key, which is not shown",
            origin: Origin::Environment("AGENTCARD_API_KEY"),
        });
        let settings = [
            self.model.as_ref().map(|model| setting("model", model)),
            Some(setting("model_fallbacks", &fallbacks)),
            self.base_url.as_ref().map(|url| setting("base_url", url)),
            key.as_ref().map(|key| setting("api_key", key)),
            card.as_ref().map(|card| setting("card", card)),
            Some(setting("color", &color)),
            Some(setting("limits.turns", &limits.turns)),
            Some(setting("limits.calls", &limits.calls)),
            limits.tokens.as_ref().map(|tokens| setting("limits.tokens", tokens)),
            limits.time.as_ref().map(|time| setting("limits.time", &seconds(time))),
            Some(setting("timeouts.connect", &seconds(&timeouts.connect))),
            Some(setting("timeouts.idle", &seconds(&timeouts.idle))),
            Some(setting("timeouts.reply", &seconds(&timeouts.reply))),
            Some(setting("timeouts.tool", &seconds(&timeouts.tool))),
            Some(setting("retries.attempts", &retries.attempts)),
            Some(setting("retries.first_wait", &seconds(&retries.first_wait))),
            Some(setting("retries.patience", &seconds(&retries.patience))),
            Some(setting("hub.endpoint", &hub.endpoint)),
            Some(setting("hub.max_results", &hub.max_results)),
            Some(setting("hub.offline", &hub.offline)),
            Some(setting("policy.read_only", &policy.read_only)),
        ];
        settings.into_iter().flatten().filter(|setting| setting.origin != Origin::Default).collect()
    }
}

fn setting<T: Display>(key: &'static str, sourced: &Sourced<T>) -> Setting {
    Setting { key, value: sourced.value.to_string(), origin: sourced.origin.clone() }
}
