//! Cards, from the file to the values or to the diagnostics.

use std::fmt::Write;
use std::path::Path;

use agentcard::card::{self, FunctionTool, RequestParams, Standing};
use agentcard::diagnostic::{Diagnostic, Place};
use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};

const TODAY: Date = date(2026, 11, 24);

#[test]
fn the_shipped_card_is_the_file_it_was_given_as() {
    let bytes = std::fs::read("cards/hf-user-small.md").unwrap();
    let sum = Sha256::digest(&bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    assert_eq!(sum, "f17685f445050d98b62d7bb2e7fd79dc311a76e69e0b783497c26a16bad5e265");
}

#[test]
fn the_shipped_card_loads_as_what_it_says() {
    let card = card::load(Path::new("cards/hf-user-small.md"), TODAY).unwrap();
    let text = std::fs::read_to_string("cards/hf-user-small.md").unwrap();
    let (_, body) = text.split_once("Pull Requests\n---\n").unwrap();
    let expected = card::Card {
        path: "cards/hf-user-small.md".into(),
        name: "hf-user-small".to_owned(),
        description: Some(
            "Use this tool to find out information about Users, Organizations and Pull Requests"
                .to_owned(),
        ),
        instruction: body.trim_end().to_owned(),
        standing: Standing::Default,
        model: Some("hf.openai/gpt-oss-20b:groq".to_owned()),
        function_tools: vec![FunctionTool {
            module: "hf_api_tool.py".into(),
            function: "hf_api_request".to_owned(),
            place: Some(Place { line: 5, column: 5 }),
        }],
        request_params: RequestParams::default(),
        use_history: true,
    };
    assert_eq!(card, expected);
}

/// Every file under `bad` fails with exactly what the snapshot says, and only with that.
#[test]
fn every_bad_card_is_answered_with_file_line_key_and_hint() {
    let mut paths: Vec<_> = std::fs::read_dir("tests/fixtures/cards/bad")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut report = String::new();
    for path in paths {
        match card::load(&path, TODAY) {
            Ok(_) => panic!("{} loads", path.display()),
            Err(diagnostics) => report.push_str(&shown(&diagnostics)),
        }
        report.push('\n');
    }
    insta::assert_snapshot!(report.replace("tests/fixtures/cards/", ""));
}

fn shown(diagnostics: &[Diagnostic]) -> String {
    let lines = diagnostics.iter().flat_map(|diagnostic| {
        let hint = diagnostic.hint.iter().map(|hint| format!("    hint: {hint}\n"));
        std::iter::once(format!("{diagnostic}\n")).chain(hint)
    });
    lines.collect()
}
