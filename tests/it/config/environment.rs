//! What environment variables say, ours and other people's.

use std::path::Path;

use agentcard::config::{
    self, Color, Config, Directories, Environment, Flags, Origin, Sourced, TokenSource, Warning,
};
use agentcard::secret::Secret;

type Variables<'a> = &'a [(&'a str, &'a str)];

fn loaded(variables: Variables<'_>) -> (Config, Vec<Warning>) {
    let directory = tempfile::tempdir().unwrap();
    let environment = Environment::fixed(variables.iter().copied());
    config::load(&Flags::default(), &environment, directory.path()).unwrap()
}

fn config(variables: Variables<'_>) -> Config {
    loaded(variables).0
}

#[test]
fn our_own_variables() {
    let config = config(&[
        ("AGENTCARD_MODEL", "groq.m"),
        ("AGENTCARD_CARD", "a.md"),
        ("AGENTCARD_BASE_URL", "http://localhost:1/v1/"),
        ("AGENTCARD_API_KEY", " k\n"),
        ("FAST_AGENT_MODEL", "groq.last"),
    ]);
    assert_eq!(config.model.unwrap().value, "groq.m");
    assert_eq!(config.card.unwrap().value, Path::new("a.md"));
    assert_eq!(config.base_url.unwrap().value.as_str(), "http://localhost:1/v1");
    assert_eq!(config.api_key, Secret::parse("k").unwrap());
}

#[test]
fn the_model_of_fast_agents_variable_is_the_last_resort() {
    let named = |file: &str| {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("agentcard.toml"), file).unwrap();
        let environment = Environment::fixed([("FAST_AGENT_MODEL", "groq.last")]);
        let (config, _) = config::load(&Flags::default(), &environment, directory.path()).unwrap();
        config.model_for(None).unwrap()
    };
    let last =
        Sourced { value: "groq.last".to_owned(), origin: Origin::Environment("FAST_AGENT_MODEL") };
    assert_eq!(named(""), last);
    assert_eq!(named("model = \"groq.mine\"\n").value, "groq.mine");
}

#[test]
fn empty_variables_count_as_not_set() {
    let names = ["AGENTCARD_MODEL", "FAST_AGENT_MODEL", "AGENTCARD_CONFIG", "HF_TOKEN", "NO_COLOR"];
    let variables = names.map(|name| (name, ""));
    assert_eq!(config(&variables), Config::default());
}

#[test]
fn the_hubs_token_is_looked_for_in_the_order_of_its_own_client() {
    let token = |variables: Variables<'_>| config(variables).hub.token;
    let value = |text: &str| TokenSource::Value(Secret::parse(text).unwrap().unwrap());
    let file = |path: &str| TokenSource::File(path.into());

    assert_eq!(token(&[]), TokenSource::Absent);
    assert_eq!(token(&[("HOME", "/h")]), file("/h/.cache/huggingface/token"));
    assert_eq!(token(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/c")]), file("/c/huggingface/token"),);
    assert_eq!(token(&[("XDG_CACHE_HOME", "/c"), ("HF_HOME", "/hf")]), file("/hf/token"));
    assert_eq!(token(&[("HF_HOME", "/hf"), ("HF_TOKEN_PATH", "/t")]), file("/t"));
    assert_eq!(token(&[("HF_TOKEN_PATH", "/t"), ("HUGGING_FACE_HUB_TOKEN", "old")]), value("old"));
    assert_eq!(token(&[("HUGGING_FACE_HUB_TOKEN", "old"), ("HF_TOKEN", "new\r\n")]), value("new"));
    assert_eq!(token(&[("HUGGING_FACE_HUB_TOKEN", "old"), ("HF_TOKEN", " \n")]), value("old"));
    for yes in ["1", "on", "Yes", "TRUE"] {
        let variables = [("HF_TOKEN", "new"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", yes)];
        assert_eq!(token(&variables), TokenSource::Disabled);
    }
    assert_eq!(token(&[("HF_TOKEN", "t"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "0")]), value("t"));
}

#[test]
fn home_and_variables_are_expanded_in_the_hubs_paths() {
    let path = |written: &str| {
        let variables = [("HF_TOKEN_PATH", written), ("HOME", "/h"), ("DIR", "d")];
        match config(&variables).hub.token {
            TokenSource::File(path) => path.display().to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(path("~/t"), "/h/t");
    assert_eq!(path("~"), "/h");
    assert_eq!(path("~other/t"), "~other/t");
    assert_eq!(path("$HOME/${DIR}x/$DIR/t"), "/h/dx/d/t");
    assert_eq!(path("/a$NOTHING/${DIR/$"), "/a$NOTHING/${DIR/$");
}

#[test]
fn the_hubs_endpoint_and_whether_it_may_be_spoken_to() {
    let endpoint = config(&[("HF_ENDPOINT", "http://localhost:8000/")]).hub.endpoint.value;
    assert_eq!(endpoint.as_str(), "http://localhost:8000");

    let offline = |variables: Variables<'_>| config(variables).hub.offline.value;
    assert!(offline(&[("HF_HUB_OFFLINE", "1")]));
    assert!(offline(&[("TRANSFORMERS_OFFLINE", "yes")]));
    assert!(!offline(&[("HF_HUB_OFFLINE", "0"), ("TRANSFORMERS_OFFLINE", "1")]));
    assert!(!offline(&[("HF_HUB_OFFLINE", "maybe")]));
}

#[test]
fn a_limit_on_results_that_is_none_is_warned_of_and_not_obeyed() {
    let (config, warnings) = loaded(&[("HF_MAX_RESULTS", "50")]);
    assert_eq!((config.hub.max_results.value, warnings), (50, vec![]));
    for junk in ["0", "-1", "many", "1.5", "99999999999"] {
        let (config, warnings) = loaded(&[("HF_MAX_RESULTS", junk)]);
        assert_eq!(config.hub.max_results.value, 20, "{junk}");
        let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(
            warnings,
            ["HF_MAX_RESULTS: expected a number from 1 on; keeping 20 from the default"],
        );
    }
}

#[test]
fn colors_follow_the_conventions_there_are() {
    let color = |variables: Variables<'_>| config(variables).color.value;
    assert_eq!(color(&[("TERM", "xterm")]), Color::Auto);
    assert_eq!(color(&[("TERM", "dumb")]), Color::Never);
    assert_eq!(color(&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]), Color::Always);
    assert_eq!(color(&[("CLICOLOR_FORCE", "0")]), Color::Auto);
    assert_eq!(color(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "x")]), Color::Never);
}

#[test]
fn directories_follow_xdg_where_it_is_absolute() {
    let directories = |variables: Variables<'_>| config(variables).directories;
    assert_eq!(directories(&[]), Directories::default());
    assert_eq!(
        directories(&[("HOME", "/h"), ("XDG_STATE_HOME", "relative")]),
        Directories {
            config: Some("/h/.config/agentcard".into()),
            state: Some("/h/.local/state/agentcard".into()),
        },
    );
}
