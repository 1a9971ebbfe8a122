//! Configuration: the layers, their order, and where each value came from.

mod endpoint;
mod environment;
mod example;
mod fast_agent;
mod servers;
mod strict;

use std::path::Path;

use agentcard::config::{self, Config, Environment, Flags, Origin, Sourced};
use tempfile::TempDir;

/// A directory to start the program in, with a home of its own.
struct Place {
    directory: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("home").display().to_string();
        std::fs::create_dir_all(directory.path().join("home/.config/agentcard")).unwrap();
        Self { directory, variables: vec![("HOME", home)] }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn user_file(self, text: &str) -> Self {
        self.file("home/.config/agentcard/config.toml", text)
    }

    fn project_file(self, text: &str) -> Self {
        self.file("agentcard.toml", text)
    }

    fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path().join(name), text).unwrap();
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn environment(&self) -> Environment {
        Environment::fixed(self.variables.iter().map(|(name, value)| (*name, value.as_str())))
    }

    fn load(&self, flags: &Flags) -> Config {
        let (config, warnings) = config::load(flags, &self.environment(), self.path()).unwrap();
        assert_eq!(warnings, []);
        config
    }
}

/// Each layer that names a model does so by its own name; the strongest must be the one that is
/// used: flag, card, environment, project file, user file.
#[test]
fn the_model_comes_from_the_strongest_layer_that_names_one() {
    let layers = ["flag", "card", "environment", "project", "user"];
    for present in 0..1 << layers.len() {
        let has = |layer: &str| {
            let at = layers.iter().position(|name| *name == layer).unwrap();
            present & (1 << at) != 0
        };
        let mut place = Place::new();
        if has("user") {
            place = place.user_file("model = 'user'");
        }
        if has("project") {
            place = place.project_file("model = 'project'");
        }
        if has("environment") {
            place = place.variable("AGENTCARD_MODEL", "environment");
        }
        let flags = Flags { model: has("flag").then(|| "flag".to_owned()), ..Flags::default() };
        let config = place.load(&flags);
        let model = config.model_for(has("card").then_some("card")).map(|model| model.value);
        let strongest = layers.into_iter().find(|layer| has(layer)).map(str::to_owned);
        assert_eq!(model, strongest, "layers {present:05b}");
    }
}

#[test]
fn a_value_remembers_who_set_it() {
    let place = Place::new()
        .user_file("# mine\nmodel = 'a'\n\n[limits]\ntokens = 7\ncalls = 9\n")
        .project_file("[limits]\n  calls = 10\n")
        .variable("AGENTCARD_BASE_URL", "http://localhost:8080/v1/");
    let config = place.load(&Flags { max_turns: 5.try_into().ok(), ..Flags::default() });
    let origins = [
        config.model.unwrap().origin.to_string(),
        config.limits.tokens.unwrap().origin.to_string(),
        config.limits.calls.origin.to_string(),
        config.limits.turns.origin.to_string(),
        config.base_url.unwrap().origin.to_string(),
        config.timeouts.idle.origin.to_string(),
    ];
    let root = place.path().display();
    assert_eq!(
        origins,
        [
            format!("{root}/home/.config/agentcard/config.toml:2:9"),
            format!("{root}/home/.config/agentcard/config.toml:5:10"),
            format!("{root}/agentcard.toml:2:11"),
            "--max-turns".to_owned(),
            "AGENTCARD_BASE_URL".to_owned(),
            "the default".to_owned(),
        ],
    );
}

#[test]
fn a_named_file_is_read_in_place_of_the_ones_that_are_looked_for() {
    let place = Place::new()
        .user_file("model = 'user'")
        .project_file("card = 'project.md'")
        .file("other.toml", "color = 'never'");
    let flags = Flags { config: Some("other.toml".into()), ..Flags::default() };
    let config = place.load(&flags);
    assert_eq!(config.model, None);
    assert_eq!(config.card, None);
    assert_eq!(config.color.value, config::Color::Never);

    let by_variable = place.variable("AGENTCARD_CONFIG", "other.toml").load(&Flags::default());
    assert_eq!(by_variable, config);
}

#[test]
fn without_files_home_and_variables_there_are_the_defaults() {
    let directory = tempfile::tempdir().unwrap();
    let nothing = Environment::fixed([]);
    let loaded = config::load(&Flags::default(), &nothing, directory.path());
    assert_eq!(loaded, Ok((Config::default(), vec![])));
}

#[test]
fn a_card_names_its_model_more_strongly_than_the_environment() {
    let config = Place::new().variable("AGENTCARD_MODEL", "mine").load(&Flags::default());
    let sourced = |value: &str, origin| Some(Sourced { value: value.to_owned(), origin });
    assert_eq!(config.model_for(Some("its")), sourced("its", Origin::Card));
    assert_eq!(config.model_for(None), sourced("mine", Origin::Environment("AGENTCARD_MODEL")));
}
