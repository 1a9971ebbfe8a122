//! Programs that are ended from outside, at any moment: what was said is kept.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{files, lines, only, spoken};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;
use crate::support::terminal::Terminal;

/// A reply with a call, and an answer, both of which take their time.
fn slow_exchange() -> [Response; 2] {
    let pause = Duration::from_millis(8);
    let call = Response::groq_call("hf_api_request", &json!({"endpoint": "/whoami-v2"}));
    let begun = json!({"choices": [{"index": 0, "delta": {"content": "It is "}}]});
    let rest =
        json!({"choices": [{"index": 0, "delta": {"content": "so."}, "finish_reason": "stop"}]});
    let answer = Response::open([begun]).wait(pause).then(format!("data: {rest}\n\n"));
    [call.wait_first(pause), answer.wait_first(pause)]
}

/// The messages of the last request, without what makes no difference to a conversation.
fn said(model: &ModelServer) -> Vec<Value> {
    model.requests().last().unwrap().messages()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about moments")]
fn killed_at_twenty_random_moments_a_conversation_goes_on() {
    let program = Program::new();
    let mut random = SystemTime::UNIX_EPOCH.elapsed().unwrap().subsec_nanos();
    let mut known: Vec<Value> = Vec::new();
    for round in 0..20 {
        random = random.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        let moment = Duration::from_micros(u64::from(random >> 8) % 60_000);
        let killed = ModelServer::start(slow_exchange());
        let question = format!("Question {round}?");
        let arguments = spoken(&program, &killed, &["ask", "--sandbox", &question]);
        let arguments = [&arguments[..], if round > 0 { &["-c"] } else { &[] }].concat();
        let mut child: Child =
            program.command(&arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        if files(&program).is_empty() {
            // It was killed before it came to a conversation; the next round begins one.
            let begin = ModelServer::start([Response::text("Begun.")]);
            let ran = program.run(&spoken(&program, &begin, &["ask", "--sandbox", "Begin."]));
            assert_eq!(ran.code, 0, "{}", ran.shown());
        }
        let model = ModelServer::start([Response::text("Yes.")]);
        let arguments = spoken(&program, &model, &["ask", "--sandbox", "-c", "Still there?"]);
        let ran = program.run(&arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "Yes.\n"), "{moment:?}: {}", ran.shown());
        let now = said(&model);
        assert!(now.starts_with(&known), "{moment:?}: {known:#?} {now:#?}");
        // Every call is answered: what the provider would refuse is not sent.
        let calls: usize =
            now.iter().map(|message| message["tool_calls"].as_array().map_or(0, Vec::len)).sum();
        let results = now.iter().filter(|message| message["role"] == "tool").count();
        assert_eq!(calls, results);
        known = now;
    }
    assert_eq!(files(&program).len(), 1, "it is one conversation all along");
    assert!(known.len() > 40, "{}", known.len());
}

#[test]
fn sigterm_and_a_closed_terminal_save_first() {
    for ending in ["-TERM", "-HUP"] {
        let begun = json!({"choices": [{"index": 0, "delta": {"content": "Slow "}}]});
        let slow = Response::open([begun]).wait(Duration::from_mins(10));
        let model = ModelServer::start([Response::text("Quick."), slow]);
        let arguments =
            format!("chat --sandbox --model openai.gpt-oss-20b --base-url {}", model.url());
        let Some(terminal) = Terminal::start(80, &arguments) else { return };
        terminal.ask("First?");
        terminal.enter("Tell me.");
        terminal.shows("Slow");
        let program = env!("CARGO_BIN_EXE_agentcard");
        let home = terminal.home().display().to_string();
        // The one process of this program whose home this is.
        let script = format!(
            "for p in /proc/[0-9]*; do [ \"$(readlink $p/exe)\" = {program} ] && \
             [ \"$(readlink $p/cwd)\" = {home} ] && kill {ending} ${{p#/proc/}}; done; true"
        );
        assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
        terminal.shows("[exit 130]");
        let directory = terminal.home().join(".local/state/agentcard/transcripts");
        let file = directory.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let file = file.filter(|path| path.extension().is_some()).last().unwrap();
        let lines = lines(&file);
        let [.., question, ended] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(question["content"], "Tell me.");
        assert_eq!(
            (&ended["record"], &ended["outcome"]),
            (&json!("run_ended"), &json!("interrupted"))
        );
    }
}

#[test]
fn a_run_that_ends_in_failure_is_kept_too() {
    let program = Program::new();
    let model = ModelServer::start([Response::error(401, &json!({"error": {"message": "No."}}))]);
    assert_eq!(program.run(&spoken(&program, &model, &["ask", "Hi"])).code, 41);
    let (_, lines) = only(&program);
    assert_eq!(lines.last().unwrap()["outcome"], "authentication");
}
