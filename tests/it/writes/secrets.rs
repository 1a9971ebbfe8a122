//! The token is in nothing that is shown, kept, or sent to anybody but the Hub.

use std::fs;
use std::path::Path;

use agentcard::sandbox::server::Options;
use serde_json::json;

use crate::support::hub::HubThread;
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;

const TOKEN: &str = "hf_test_write_ada";

#[test]
fn whatever_the_hub_does_the_token_stays_with_it() {
    let comment = "/models/lumen-labs/aurora-7b/discussions/7/comment";
    let write = json!({"endpoint": comment, "method": "POST", "json_body": {"comment": "Hi"}});
    let flags: [&[&str]; 4] = [&["-v"], &["--json"], &["--stream-json"], &["--dry-run"]];
    for faults in ["", "html", "error-200", "reset", "truncated", "redirect=http://127.0.0.1:9"] {
        for flags in flags {
            let faults = faults.parse().unwrap();
            let hub = HubThread::start(Options { faults, ..Options::default() });
            let whoami = json!({"endpoint": "/whoami-v2"});
            let calls = [&whoami, &write].map(|call| Response::groq_call("hf_api_request", call));
            let model = ModelServer::start(calls.into_iter().chain([Response::text("Done.")]));
            let program =
                Program::new().variable("HF_ENDPOINT", &hub.origin).variable("HF_TOKEN", TOKEN);
            let (url, allow) = (model.url(), format!("POST {comment}"));
            let ask =
                ["ask", "--base-url", &url, "--model", "openai.x", "--allow", &allow, "Do it."];
            let ran = program.run(&[&ask[..], flags].concat());
            assert!(!ran.shown().contains(TOKEN), "{}", ran.shown());
            for request in model.requests() {
                assert!(!request.json().to_string().contains(TOKEN));
            }
            let kept = kept(program.home());
            assert!(kept.iter().all(|text| !text.contains(TOKEN)), "{kept:?}");
            assert!(hub.requests().iter().any(|request| request.path == "/api/whoami-v2"));
        }
    }
}

/// What every file of a directory holds.
fn kept(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let text = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    entries.flat_map(|path| if path.is_dir() { kept(&path) } else { vec![text(&path)] }).collect()
}
