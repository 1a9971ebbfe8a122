//! Whether the models a card names are there.
//!
//! It asks no provider: a name that a provider would refuse is not found here.

use super::check::Severity;
use crate::card::{Card, KeyPath, Kind};
use crate::config::{Config, Environment, Sourced};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::model::endpoint;
use crate::model_spec::ModelSpec;

/// What is wrong with the models of a card.
pub(super) fn check(
    card: &Card,
    config: &Config,
    environment: &Environment,
) -> Vec<(Severity, Diagnostic)> {
    let clones = card.subagents.as_ref().and_then(|subagents| subagents.model.as_deref());
    let clones = clones.map(|model| (KeyPath::top("subagent_model"), model));
    let named = card.model.as_deref().map(|model| (key(card), model));
    let mut found: Vec<_> = named
        .into_iter()
        .chain(clones)
        .filter_map(|(key, model)| named_model(card, (&key, model), config, environment))
        .collect();
    if card.model.is_none() && card.kind == Kind::Agent && config.model.is_none() {
        let message = "no model is named, here or in the configuration".to_owned();
        let hint = "name one: `model: hf.openai/gpt-oss-20b:groq`, or run it with --model";
        let complaint = card.complaint("no-model", &KeyPath::top("model"), message);
        let complaint = Diagnostic { key: None, hint: Some(hint.to_owned()), ..complaint };
        found.push((Severity::Warning, complaint));
    }
    found
}

/// The key that names the model of a card.
fn key(card: &Card) -> KeyPath {
    let model = KeyPath::top("model");
    let is_there = card.complaint("dead-model", &model, String::new()).place.is_some();
    if is_there { model } else { KeyPath::top("request_params").key("model") }
}

fn named_model(
    card: &Card,
    (key, written): (&KeyPath, &str),
    config: &Config,
    environment: &Environment,
) -> Option<(Severity, Diagnostic)> {
    let complaint = |message| card.complaint("dead-model", key, message);
    if config.is_dangling(written) {
        return Some(dangling(complaint, written, config));
    }
    let Sourced { value, .. } = config.model_for(Some(written))?;
    let (message, hint) = match value.parse::<ModelSpec>() {
        Err(error) => (error.message, error.hint),
        Ok(spec) => {
            let error = endpoint::resolve(&spec, None, config, environment).err()?;
            (error.to_string(), error.hints().into_iter().next())
        }
    };
    Some((Severity::Error, Diagnostic { hint, ..complaint(message) }))
}

/// A reference that is defined nowhere, for which the configured model stands in if there is one.
fn dangling(
    complaint: impl Fn(String) -> Diagnostic,
    written: &str,
    config: &Config,
) -> (Severity, Diagnostic) {
    let reference = written.trim_start_matches('$');
    let names = config.model_references.keys().map(String::as_str);
    let hint = match (did_you_mean(reference, names), reference.split_once('.')) {
        (Some(near), _) => format!("did you mean `${near}`?"),
        (None, Some((group, name))) => {
            format!("define it in the configuration: [model_references.{group}] {name} = \"…\"")
        }
        (None, None) => "a reference is written `$GROUP.NAME`, as in `$system.fast`".to_owned(),
    };
    let (severity, rest) = match config.model {
        Some(_) => (Severity::Warning, "; the configured model takes its place"),
        None => (Severity::Error, ", and no other model is named"),
    };
    let message = format!("`{written}` is defined nowhere{rest}");
    (severity, Diagnostic { hint: Some(hint), ..complaint(message) })
}
