//! What is wrong with a configuration file is said with its place, all at once.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use agentcard::config::{self, Environment, Flags};
use agentcard::diagnostic::Diagnostic;
use proptest::prelude::*;

fn explain(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().fold(String::new(), |mut text, diagnostic| {
        writeln!(text, "{diagnostic}").unwrap();
        if let Some(hint) = &diagnostic.hint {
            writeln!(text, "  hint: {hint}").unwrap();
        }
        text
    })
}

fn load(file: Option<&Path>, directory: &str) -> Result<(), String> {
    let flags = Flags { config: file.map(Path::to_owned), ..Flags::default() };
    config::load(&flags, &Environment::fixed([]), Path::new(directory))
        .map(|_| ())
        .map_err(|diagnostics| explain(&diagnostics))
}

#[test]
fn every_bad_file_is_answered_with_line_column_key_and_hint() {
    let mut files: Vec<PathBuf> = std::fs::read_dir("tests/fixtures/config/bad")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let explained: Vec<String> =
        files.iter().map(|file| load(Some(file), "").unwrap_err()).collect();
    let report = explained.join("\n").replace("tests/fixtures/config/bad/", "");
    assert!(!report.contains("never-shown"), "{report}");
    insta::assert_snapshot!(report);
}

#[test]
fn a_projects_file_may_not_say_where_keys_go() {
    let explained = load(None, "tests/fixtures/config/project").unwrap_err();
    insta::assert_snapshot!(explained, @"
    tests/fixtures/config/project/agentcard.toml:3:12: `base_url`: a project's file may not say a URL on another machine: keys could be sent to strangers
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:7:12: `hub.endpoint`: a project's file may not say a URL on another machine: keys could be sent to strangers
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:10:12: `providers.hf.base_url`: a project's file may not say a URL on another machine: keys could be sent to strangers
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:13:11: `providers.evil.key_env`: a project's file may not say where a key is: keys could be sent to strangers
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:14:13: `providers.evil.hub_login`: a project's file may not say where a key is: keys could be sent to strangers
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:20:13: `policy.read_only`: a project's file may not permit writes: somebody else may have written it
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:23:10: `policy.rules.effect`: a project's file may not permit writes: somebody else may have written it
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:27:11: `shell.sandbox`: a project's file may only say `true` here
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    tests/fixtures/config/project/agentcard.toml:28:8: `shell.pass`: a project's file may not hand out variables
      hint: set it in your own config.toml, or name this file with `--config` if you trust it
    ");
    let file = Path::new("tests/fixtures/config/project/agentcard.toml");
    assert_eq!(load(Some(file), ""), Ok(()), "a file that is named is trusted");
}

#[test]
fn a_file_without_end_is_not_read_to_it() {
    let place = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", place.path().join("agentcard.toml")).unwrap();
    let directory = place.path().to_str().unwrap();
    let explained = load(None, directory).unwrap_err().replace(directory, "HERE");
    assert_eq!(explained, "HERE/agentcard.toml: cannot be read: it has more than 1048576 bytes\n");
}

#[test]
fn a_named_file_that_is_not_there_is_an_error() {
    let explained = load(Some(Path::new("nowhere.toml")), "").unwrap_err();
    assert_eq!(explained, "nowhere.toml: there is no such file\n");
}

#[test]
fn a_bad_variable_or_flag_is_named() {
    let flags = Flags { base_url: Some("nonsense".to_owned()), ..Flags::default() };
    let environment = Environment::fixed([
        ("AGENTCARD_BASE_URL", "ftp://host"),
        ("AGENTCARD_API_KEY", "never shown"),
        ("HF_ENDPOINT", "https://me:never-shown@huggingface.co"),
        ("HF_TOKEN", "never\tshown"),
    ]);
    let directory = tempfile::tempdir().unwrap();
    let diagnostics = config::load(&flags, &environment, directory.path()).unwrap_err();
    insta::assert_snapshot!(explain(&diagnostics), @"
    environment: `AGENTCARD_BASE_URL`: must start with `http://` or `https://`
    environment: `AGENTCARD_API_KEY`: holds a character that a key cannot have
    environment: `HF_ENDPOINT`: must not hold a user name or password
    environment: `HF_TOKEN`: holds a character that a key cannot have
    command line: `--base-url`: must start with `http://` or `https://`
    ");
}

proptest! {
    /// Lines that are nearly right reach further into the reading than plain noise does.
    #[test]
    fn no_file_makes_the_reading_panic(
        noise in ".{0,40}",
        lines in prop::collection::vec(
            (r"\[?(limits|hub|providers\.[a-z]|aliases|model|turns|time|headers|base_url)\]?",
             r#" ?=? ?("[^"\n]{0,8}"|-?[0-9]{1,25}|\{ ?ä ?= ?1 ?\}|\[\]|true|1e9)?"#),
            0..8,
        ),
    ) {
        let lines: String = lines.into_iter().map(|(key, value)| key + &value + "\n").collect();
        for text in [&noise, &lines, &(noise.clone() + "\n" + &lines)] {
            let _outcome = config::parse_rows(text, Path::new("noise.toml"));
        }
    }
}
