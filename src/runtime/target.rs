//! Who replies: the model that goes before the others named, and those that take its place.
//!
//! It connects nobody.

use super::{SetupError, Surroundings};
use crate::config::{Config, Environment, Origin, Sourced};
use crate::model::endpoint::{self, Builtin, Target};
use crate::model_spec::ModelSpec;
use crate::secret::Secret;

/// How the planner is named among models.
const PLANNER: &str = "builtin.hub";

/// Who replies where a card names this model, and this key for it.
pub(super) fn target(
    config: &Config,
    (model, key): (Option<&str>, Option<&Secret>),
    environment: &Environment,
    surroundings: Surroundings,
) -> Result<(String, Target), SetupError> {
    let named = config.model_for(model);
    let by_flag = matches!(&named, Some(Sourced { origin: Origin::Flag(_), .. }));
    if surroundings == Surroundings::Sandbox && !by_flag {
        return Ok((PLANNER.to_owned(), Target::Builtin(Builtin::Hub)));
    }
    let Sourced { value, origin } = named.ok_or_else(|| match (&config.model, model) {
        (Some(Sourced { value, origin }), _) => {
            SetupError::Dangling { reference: value.clone(), origin: origin.clone() }
        }
        (None, Some(reference)) => {
            SetupError::Dangling { reference: reference.to_owned(), origin: Origin::Card }
        }
        (None, None) => SetupError::NoModel,
    })?;
    let spec: ModelSpec =
        value.parse().map_err(|error| SetupError::Spec { error, origin: origin.clone() })?;
    // It is the key for the model the card names, and for no other.
    let key = key.filter(|_| origin == Origin::Card);
    let target = endpoint::resolve(&spec, key, config, environment).map_err(SetupError::Model)?;
    Ok((value, target))
}

/// Where the fallbacks are asked: at their own providers with those' own keys, since a configured base
/// URL is where the first model is, and a configured key is the key for that.
pub(super) fn fallbacks(
    config: &Config,
    environment: &Environment,
) -> Result<Vec<Target>, Vec<SetupError>> {
    let specs = &config.model_fallbacks.value;
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let config = Config { base_url: None, api_key: None, ..config.clone() };
    let mut errors = Vec::new();
    let targets = specs.iter().filter_map(|spec| {
        let target = endpoint::resolve(spec, None, &config, environment);
        let fault = |error| SetupError::Fallback { spec: spec.to_string(), error };
        target.map_err(|error| errors.push(fault(error))).ok()
    });
    let targets = targets.collect();
    if errors.is_empty() { Ok(targets) } else { Err(errors) }
}
