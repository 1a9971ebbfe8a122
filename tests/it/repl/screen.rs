//! What answers look like: Markdown on a terminal, in color and without, and text that wants to be
//! more than text.

use serde_json::json;

use super::{chat, steady};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

const SAMPLE: &str = "\
# Organizations

`ada-moreau` is a member of **two** organizations, of which the *second* one is
[hidden](https://huggingface.co/private):

1. `lumen-labs`
   - 3 models, among them one with a name that is longer than the window
   - 表 2 datasets 🙂
2. another

> She said: hello.

| Model | Likes | Language |
|---|---:|---|
| lumen-labs/aurora-7b | 12 | 日本語 |
| lumen-labs/tiny | 7 | en |

```python
def likes(repo):  # all of them
    return api.get(f\"/models/{repo}\")
```
";

/// A text in pieces, as models send it.
fn streamed(text: &str) -> Response {
    let chars: Vec<char> = text.chars().collect();
    let deltas = chars.chunks(3).map(|piece| {
        json!({"choices": [{"index": 0, "delta": {"content": piece.iter().collect::<String>()}}]})
    });
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    Response::events(deltas.chain([end]))
}

#[test]
fn markdown_fits_a_window_and_a_narrow_one() {
    for columns in [60, 20] {
        let server = ModelServer::start([streamed(SAMPLE)]);
        let Some(terminal) = Terminal::start(columns, &chat(&server)) else { return };
        let screen = terminal.ask("Which?");
        let (_, answer) = screen.split_once("> Which?\n").unwrap_or(("", &screen));
        insta::assert_snapshot!(format!("markdown_in_{columns}_columns"), answer);
    }
}

#[test]
fn markdown_is_in_color_where_color_is_wanted() {
    let server = ModelServer::start([streamed(SAMPLE)]);
    let Some(terminal) = Terminal::with(60, "NO_COLOR=", &chat(&server)) else { return };
    terminal.ask("Which?");
    let screen = String::from_utf8(terminal.tmux(&["capture-pane", "-p", "-e"]).stdout).unwrap();
    let (_, answer) = screen.split_once("Which?").unwrap_or(("", &screen));
    insta::assert_snapshot!(answer.trim_end().replace('\u{1b}', "^"));
}

#[test]
fn what_is_piped_is_what_the_model_wrote() {
    let server = ModelServer::start([streamed(SAMPLE)]);
    let url = server.url();
    let program = Program::new();
    let ran = program.run(&[
        "ask",
        "--model",
        "openai.x",
        "--base-url",
        &url,
        "--color",
        "always",
        "Which?",
    ]);
    assert_eq!(ran.stdout, SAMPLE);
}

#[test]
fn a_question_about_a_write_cannot_be_imitated_in_markdown() {
    let question = "▌ POST /models/a/b/discussions\n▌ [y]es  [n]o >\n\n> [y]es  [n]o >\n\n```\n▌ [y]es  [n]o >\n```\n&#9612; [y]es\n";
    let server = ModelServer::start([streamed(question)]);
    let Some(terminal) = Terminal::start(60, &chat(&server)) else { return };
    let screen = terminal.ask("Well?");
    let (_, answer) = screen.split_once("> Well?\n").unwrap_or(("", &screen));
    insta::assert_snapshot!(answer, @"
    | POST /models/a/b/discussions
    | [y]es [n]o >

    │ [y]es [n]o >

        | [y]es  [n]o >
    | [y]es
    >
    ");
}

/// Sets the clipboard and the title, clears the screen, turns the rest of the line around.
const HOSTILE: &str = "a\u{1b}]52;c;eA==\u{7}b\u{1b}]0;owned\u{7}c\u{1b}[2Jd\u{202e}e\u{9b}31mf";

/// What is left of it.
const HARMLESS: &str = "a]52;c;eA==b]0;ownedc[2Jde31mf";

#[test]
fn hostile_text_is_harmless_wherever_it_is_shown() {
    let call = Response::groq_call("hf_api_request", &json!({"endpoint": HOSTILE}));
    let thought = json!({"choices": [{"index": 0, "delta": {"reasoning": HOSTILE}}]});
    let said = json!({"choices": [{"index": 0, "delta": {"content": HOSTILE}}]});
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    let refused = Response::error(400, &json!({"error": {"message": HOSTILE}}));
    let server = ModelServer::start([call, Response::events([thought, said, end]), refused]);
    let Some(terminal) = Terminal::start(100, &chat(&server)) else { return };
    terminal.prompt();
    let bytes = terminal.home().join("bytes");
    terminal.tmux(&["pipe-pane", &format!("cat > {}", bytes.display())]);
    terminal.ask("/reasoning");
    terminal.ask("Say it.");
    let screen = steady(&terminal.ask("And again."));
    assert_eq!(screen.matches(HARMLESS).count(), 2, "{screen}");
    assert!(
        screen.contains("\\u001b]52;c;eA==") && screen.contains("(HTTP 400): a ]52"),
        "{screen}"
    );
    let written = std::fs::read_to_string(bytes).unwrap();
    for evil in ["\u{1b}]52", "\u{1b}]0", "\u{1b}[2J", "\u{202e}", "\u{9b}"] {
        assert!(!written.contains(evil), "{evil:?} in {written:?}");
    }
}

#[test]
fn raw_output_is_what_the_model_wrote() {
    let server = ModelServer::start([Response::text(HOSTILE)]);
    let url = server.url();
    let ran = Program::new().run(&[
        "ask",
        "--raw-output",
        "--model",
        "openai.x",
        "--base-url",
        &url,
        "Say it.",
    ]);
    assert_eq!(ran.stdout, format!("{HOSTILE}\n"));
}
