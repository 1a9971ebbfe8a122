//! The settings of the Hugging Face Hub, and how its own client library reads the environment.
//!
//! It reads no token file and sends nothing; it only says where the token is.

use std::path::PathBuf;

use super::layers::{Environment, Loading};
use super::{BaseUrl, Origin, Sourced, Warning};
use crate::secret::Secret;

/// The settings of the Hugging Face Hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Where it is.
    pub endpoint: Sourced<BaseUrl>,
    /// Where its token is.
    pub token: TokenSource,
    /// How many entries of a list are shown, at least 1.
    pub max_results: Sourced<u32>,
    /// Whether it must not be spoken to.
    pub offline: Sourced<bool>,
    /// Whether results are handed on as they came; only a flag says so.
    pub raw_results: Sourced<bool>,
    /// Whether its function is the Python that a card names; only a flag says so.
    pub as_python: Sourced<bool>,
}

/// Where the Hub's token is, in the order `huggingface_hub` looks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// Nowhere that is looked at: `HF_HUB_DISABLE_IMPLICIT_TOKEN` is set.
    Disabled,
    /// In the environment.
    Value(Secret),
    /// In this file, if it is there. It is read afresh when it is needed, since a login replaces
    /// it.
    File(PathBuf),
    /// Nowhere: there is no home directory either.
    Absent,
}

/// The variables that may hold the token, first found wins.
const TOKEN_VARIABLES: [&str; 2] = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

impl Default for Hub {
    fn default() -> Self {
        Self {
            endpoint: Sourced::by_default(BaseUrl::HUB),
            token: TokenSource::Absent,
            max_results: Sourced::by_default(20),
            offline: Sourced::by_default(false),
            raw_results: Sourced::by_default(false),
            as_python: Sourced::by_default(false),
        }
    }
}

/// Applies the Hub's own variables.
pub(super) fn apply_environment(loading: &mut Loading, environment: &Environment) {
    if let Some(endpoint) = loading.variable(environment, "HF_ENDPOINT", str::parse) {
        loading.config.hub.endpoint = endpoint;
    }
    for name in ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"] {
        if let Some(text) = environment.get(name) {
            loading.config.hub.offline = Sourced::from_environment(is_true(&text), name);
            break;
        }
    }
    apply_max_results(loading, environment);
    loading.config.hub.token = token_source(loading, environment);
}

/// The file `hf auth login` keeps its token in.
pub fn token_file(environment: &Environment) -> Option<PathBuf> {
    let path = |name| environment.get(name).map(|text| expand(&text, environment));
    path("HF_TOKEN_PATH")
        .or_else(|| Some(path("HF_HOME")?.join("token")))
        .or_else(|| Some(path("XDG_CACHE_HOME")?.join("huggingface/token")))
        .or_else(|| Some(environment.home()?.join(".cache/huggingface/token")))
}

fn token_source(loading: &mut Loading, environment: &Environment) -> TokenSource {
    if environment.get("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some_and(|text| is_true(&text)) {
        return TokenSource::Disabled;
    }
    TOKEN_VARIABLES
        .into_iter()
        .find_map(|name| loading.secret(environment, name))
        .map(TokenSource::Value)
        .or_else(|| token_file(environment).map(TokenSource::File))
        .unwrap_or(TokenSource::Absent)
}

/// A limit that is no limit was once a way to be shown nothing at all, so it is not obeyed.
fn apply_max_results(loading: &mut Loading, environment: &Environment) {
    const NAME: &str = "HF_MAX_RESULTS";
    let Some(text) = environment.get(NAME) else { return };
    match text.trim().parse() {
        Ok(count) if count > 0 => {
            loading.config.hub.max_results = Sourced::from_environment(count, NAME);
        }
        _ => {
            let Sourced { value, origin } = &loading.config.hub.max_results;
            loading.warnings.push(Warning {
                message: format!("expected a number from 1 on; keeping {value} from {origin}"),
                origin: Origin::Environment(NAME),
            });
        }
    }
}

fn is_true(text: &str) -> bool {
    ["1", "ON", "YES", "TRUE"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Expands `~`, `$NAME` and `${NAME}` as `huggingface_hub` does; what is not set stays as written.
fn expand(text: &str, environment: &Environment) -> PathBuf {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        let (name, tail) = variable_name(after);
        if let Some(value) = environment.get(name) {
            expanded.push_str(&value);
            rest = tail;
        } else {
            expanded.push('$');
            rest = after;
        }
    }
    expanded.push_str(rest);
    match (expanded.strip_prefix('~'), environment.home()) {
        (Some(""), Some(home)) => home,
        (Some(tail), Some(home)) if tail.starts_with('/') => {
            home.join(tail.trim_start_matches('/'))
        }
        _ => PathBuf::from(expanded),
    }
}

/// The name at the start of what follows a `$`, and what comes after it.
fn variable_name(text: &str) -> (&str, &str) {
    if let Some((name, tail)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
        return (name, tail);
    }
    let end = text
        .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .unwrap_or(text.len());
    text.split_at(end)
}
