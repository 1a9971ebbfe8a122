//! Nothing but the answer on standard output, whatever else there is to say.

use serde_json::json;

use super::ask;
use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

/// A comment on a discussion, which waits for a yes.
fn write() -> Response {
    let comment = json!({
        "endpoint": "/models/lumen-labs/aurora-7b/discussions/7/comment",
        "method": "POST", "json_body": {"comment": "Hi."},
    });
    Response::groq_call("hf_api_request", &comment)
}

/// A retry, a read, a name to mend, a refused write, and the answer.
fn eventful() -> [Response; 5] {
    let overloaded = Response::error(429, &json!({"error": {"message": "slow down"}}));
    let read = json!({"endpoint": "/users/ada-moreau/overview"});
    [
        overloaded.header("retry-after", "0"),
        Response::groq_call("hf_api_request<|channel|>commentary", &read),
        Response::groq_call("no_such_tool", &read),
        write(),
        Response::text("The answer."),
    ]
}

#[test]
fn on_a_pipe_it_is_the_answer_in_every_mode() {
    let hub = HubThread::standard();
    let home = || {
        Program::new()
            .variable("HF_ENDPOINT", &hub.origin)
            .variable("HF_TOKEN", "hf_test_write_ada")
            .variable("HF_API_TOKEN", "hf_other")
    };
    for mode in [
        &[][..],
        &["-v"],
        &["-q"],
        &["--no-stream"],
        &["-v", "--no-stream"],
        &["--color=always", "-v"],
    ] {
        let model = ModelServer::start(eventful());
        let ran = ask(&home(), &model, &[mode, &["Go."]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (60, "The answer.\n"), "{mode:?}");
        assert_eq!(model.requests().len(), 5, "{mode:?}");
        assert!(ran.stderr.contains("error: "), "{mode:?}");
    }
}

#[test]
fn behind_a_terminal_it_is_the_answer_too() {
    let hub = HubThread::standard();
    let model = ModelServer::start(eventful());
    let variables = format!("HF_ENDPOINT={} HF_TOKEN=hf_test_write_ada", hub.origin);
    let line = format!(
        "ask -v --base-url {} --model openai.openai/gpt-oss-20b Go. > answer.txt",
        model.url()
    );
    let Some(terminal) = Terminal::with(100, &variables, &line) else { return };
    terminal.shows("[e]dit >");
    terminal.enter("n");
    terminal.shows("[exit ");
    let answer = std::fs::read_to_string(terminal.home().join("answer.txt")).unwrap();
    assert_eq!(answer, "The answer.\n");
}
