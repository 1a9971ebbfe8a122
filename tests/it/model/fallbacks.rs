//! Models that take another's place, seen from outside: who is asked, what is said, how it ends.

use serde_json::{Value, json};

use super::{text, whoami};
use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::{Program, Ran};

/// Two providers and the Hub, and a program that is told of them.
struct Scene {
    first: ModelServer,
    second: ModelServer,
    program: Program,
}

impl Scene {
    /// The providers answer like this; the program falls back to these models.
    fn new(first: Vec<Response>, second: Vec<Response>, fallbacks: &[&str]) -> Self {
        let (first, second) = (ModelServer::start(first), ModelServer::start(second));
        let program = Program::new();
        let config = format!(
            "model_fallbacks = {fallbacks:?}\n\
             [retries]\nfirst_wait = \"1ms\"\n\
             [providers.first]\nbase_url = {:?}\nkey = \"optional\"\n\
             [providers.second]\nbase_url = {:?}\nkey = \"optional\"\n\
             [providers.locked]\nbase_url = \"https://locked.invalid/v1\"\nkey_env = [\"LOCKED_KEY\"]\n",
            first.url(),
            second.url(),
        );
        std::fs::write(program.home().join("config.toml"), config).unwrap();
        Self { first, second, program }
    }

    fn ask(&self) -> Ran {
        self.ask_of("first.small", &[])
    }

    fn ask_of(&self, model: &str, flags: &[&str]) -> Ran {
        let hub = HubThread::standard();
        let mut command =
            self.program.command(&["ask", "--config", "config.toml", "--model", model]);
        command.args(flags).arg("Who am I?").env("HF_ENDPOINT", &hub.origin);
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// How many requests each of them got.
    fn asked(&self) -> (usize, usize) {
        (self.first.requests().len(), self.second.requests().len())
    }
}

fn error(status: u16) -> Response {
    Response::error(status, &json!({"error": {"message": "No."}}))
}

fn yes() -> Vec<Response> {
    vec![Response::text("Yes.")]
}

#[test]
fn another_model_answers_where_the_first_cannot_be_had() {
    for (status, requests) in [(401, 1), (402, 1), (403, 1), (500, 3), (503, 3)] {
        let scene = Scene::new(vec![error(status); 3], yes(), &["second.large"]);
        let ran = scene.ask();
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "Yes.\n"), "{status}: {}", ran.stderr);
        let news = "second.large takes the place of first.small: No.";
        assert!(ran.stderr.contains(news), "{status}: {}", ran.stderr);
        assert_eq!(scene.asked(), (requests, 1), "{status}");
        let (first, second) = (scene.first.requests(), scene.second.requests());
        assert_eq!(first[0].messages(), second[0].messages(), "it is asked the same");
        assert_eq!(second[0].json()["model"], "large");
    }
}

#[test]
fn another_model_answers_where_nothing_is_there() {
    let scene = Scene::new(Vec::new(), yes(), &["second.large"]);
    let Scene { first, second, program } = scene;
    drop(first);
    let scene = Scene { first: ModelServer::start([]), second, program };
    let ran = scene.ask();
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Yes.\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("takes the place of first.small"), "{}", ran.stderr);
}

#[test]
fn the_document_names_the_model_that_answered() {
    let scene = Scene::new(vec![error(402)], yes(), &["second.large"]);
    let document: Value =
        serde_json::from_str(&scene.ask_of("first.small", &["--json"]).stdout).unwrap();
    assert_eq!((&document["model"], &document["answer"]), (&json!("second.large"), &json!("Yes.")));
}

#[test]
fn nobody_takes_the_place_of_a_model_that_answers_or_is_asked_wrongly() {
    let busy = error(429).header("retry-after", "7200");
    for (response, code) in
        [(Response::text("Yes."), 0), (error(400), 1), (error(404), 1), (busy, 75)]
    {
        let scene = Scene::new(vec![response], yes(), &["second.large"]);
        let ran = scene.ask();
        assert_eq!((ran.code, scene.asked()), (code, (1, 0)), "{}", ran.stderr);
        assert_eq!(scene.second.connections(), 0, "it is connected when it is needed");
    }
}

#[test]
fn nobody_takes_over_once_a_tool_has_run() {
    let call = Response::groq_call("hf_api_request", &whoami());
    let scene = Scene::new(vec![call, error(402)], yes(), &["second.large"]);
    let ran = scene.ask();
    assert_eq!((ran.code, scene.asked()), (1, (2, 0)), "{}", ran.stderr);
}

#[test]
fn nobody_takes_over_in_the_middle_of_a_sentence() {
    let cut = Response::open([
        text("You are"),
        json!({"error": {"message": "Upstream is down", "code": 502}}),
    ]);
    let scene = Scene::new(vec![cut], yes(), &["second.large"]);
    let ran = scene.ask();
    assert_eq!((ran.code, scene.asked()), (1, (1, 0)), "{}", ran.stderr);
}

#[test]
fn a_fallback_without_its_key_is_skipped_and_that_is_said() {
    let scene = Scene::new(vec![error(401)], yes(), &["locked.x", "second.large"]);
    let ran = scene.ask();
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Yes.\n"), "{}", ran.stderr);
    let news = "the fallback locked.x is skipped: provider `locked` needs a key, and there is none \
                in LOCKED_KEY";
    assert!(ran.stderr.contains(news), "{}", ran.stderr);
}

#[test]
fn a_model_without_its_key_has_another_take_its_place() {
    let scene = Scene::new(Vec::new(), yes(), &["second.large"]);
    let ran = scene.ask_of("locked.x", &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Yes.\n"), "{}", ran.stderr);
    let news = "second.large takes the place of locked.x: provider `locked` needs a key";
    assert!(ran.stderr.contains(news), "{}", ran.stderr);
}

#[test]
fn the_last_one_says_how_it_ended() {
    let scene = Scene::new(vec![error(402)], vec![error(401)], &["second.large"]);
    let ran = scene.ask();
    assert_eq!((ran.code, scene.asked()), (41, (1, 1)), "{}", ran.stderr);
}

#[test]
fn a_base_url_and_its_key_are_the_first_models() {
    let scene = Scene::new(vec![error(402)], yes(), &["second.large"]);
    let ran = scene.ask_of("locked.x", &["--base-url", &scene.first.url()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(scene.asked(), (1, 1));
}

#[test]
fn a_fallback_that_leads_nowhere_is_an_error_of_the_configuration() {
    let scene = Scene::new(yes(), yes(), &["nobody.large"]);
    let ran = scene.ask();
    assert_eq!((ran.code, scene.asked()), (52, (0, 0)), "{}", ran.stderr);
    let news = "the fallback `nobody.large`: no provider is named in `nobody.large`";
    assert!(ran.stderr.contains(news), "{}", ran.stderr);
}

#[test]
fn what_a_card_would_use_names_the_fallbacks() {
    let scene = Scene::new(Vec::new(), Vec::new(), &["locked.x", "builtin.echo"]);
    let ran = scene.program.run(&["cards", "show", "--config", "config.toml"]);
    let locked = "fallback     locked.x: https://locked.invalid/v1 (provider `locked` needs a key, \
                  and there is none in LOCKED_KEY)\n\
                  fallback     builtin.echo: part of this program\n";
    assert!(ran.stdout.contains(locked), "{}", ran.stdout);
}
