//! The providers and aliases there are: the ones that come with the program, and over them the
//! configured ones.
//!
//! It does not know what a model spec leads to. Of the file that comes with the program it reads no
//! more than it is asked for: at a cold start, all of it takes twice as long as one provider.

use std::path::Path;

use crate::config::{Config, ProviderRow, Rows, parse_rows};
use crate::model_spec::ModelSpec;

const BUILT_IN: &str = include_str!("../providers.toml");

/// All of them.
pub fn table(config: &Config) -> Rows {
    let mut rows = read(BUILT_IN);
    for (id, row) in &config.providers {
        let below = rows.providers.remove(id).unwrap_or_default();
        rows.providers.insert(id.clone(), below.overridden(row.clone()));
    }
    rows.aliases.extend(config.aliases.iter().map(|(alias, spec)| (alias.clone(), spec.clone())));
    rows
}

/// Whether there is a provider of this id.
pub(super) fn has_provider(config: &Config, id: &str) -> bool {
    config.providers.contains_key(id) || section(&provider_section(id)).is_some()
}

/// The provider of this id; nothing is set about one that is not there.
pub(super) fn provider(config: &Config, id: &str) -> ProviderRow {
    let section = section(&provider_section(id)).unwrap_or_default();
    let row = read(section).providers.into_values().next().unwrap_or_default();
    // What was configured for Ollama holds for its other name too.
    match config.providers.get(id).or_else(|| config.providers.get(main_id(id))) {
        Some(above) => row.overridden(above.clone()),
        None => row,
    }
}

/// What a spec stands for, if its name is an alias. A name with a provider is none of those that
/// come with the program.
pub(super) fn alias(config: &Config, spec: &ModelSpec) -> Option<ModelSpec> {
    if let Some(target) = config.aliases.get(&spec.name) {
        return Some(target.clone());
    }
    if spec.split_provider(|id| has_provider(config, id)).is_some() {
        return None;
    }
    read(section("aliases")?).aliases.remove(&spec.name)
}

/// `generic` is what other runtimes of cards call Ollama.
fn main_id(id: &str) -> &str {
    if id == "generic" { "ollama" } else { id }
}

fn provider_section(id: &str) -> String {
    format!("providers.{}", main_id(id))
}

/// A table of the file that comes with the program, with its header.
fn section(name: &str) -> Option<&'static str> {
    let start = BUILT_IN.find(&format!("\n[{name}]\n"))? + 1;
    let section = &BUILT_IN[start..];
    Some(section.find("\n[").map_or(section, |end| &section[..end]))
}

/// Reads what comes with the program. A test holds that it can be read.
fn read(text: &str) -> Rows {
    parse_rows(text, Path::new("providers.toml")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_program_can_be_read_whole_and_in_parts() {
        let config = Config::default();
        let whole = parse_rows(BUILT_IN, Path::new("providers.toml"));
        assert_eq!(whole.as_ref(), Ok(&table(&config)));
        let Rows { providers, aliases } = whole.unwrap();
        for (id, row) in providers {
            assert_eq!(provider(&config, &id), row, "{id}");
            assert!(row.base_url.is_some(), "{id}");
        }
        for (name, target) in aliases {
            assert_eq!(alias(&config, &name.parse().unwrap()), Some(target.clone()), "{name}");
            let known = |id: &str| id == "builtin" || has_provider(&config, id);
            assert!(target.split_provider(known).is_some(), "{name} stands for nothing");
        }
        assert!(!has_provider(&config, "nobody"));
    }
}
