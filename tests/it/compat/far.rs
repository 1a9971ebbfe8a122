//! The row whose card says the address of a server, with one of ours at that address.

use std::fs;

use serde_json::json;

use super::{ask, copy_of, tools};
use crate::support::mcp_http::FarServer;
use crate::support::model_server::{ModelServer, Response};

#[test]
fn a_server_by_its_address_is_asked_there_and_its_tools_are_the_agents() {
    let (server, program) = (FarServer::start(), copy_of("dataset"));
    let card = program.home().join("reader.md");
    let text = fs::read_to_string(&card).unwrap().replace("http://127.0.0.1:9", &server.origin);
    fs::write(card, text).unwrap();
    let call = Response::groq_call("hub__look_up", &json!({"name": "ada/kettles"}));
    let model = ModelServer::start([call, Response::text("Done.")]);
    let ran = ask(&program, ".", "", &model, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "Done.\n"), "{}", ran.shown());
    assert!(!ran.stderr.contains("warning"), "{}", ran.shown());
    let requests = model.requests();
    assert_eq!(tools(&requests[0].json()), ["hub__look_up"]);
    assert_eq!(requests[1].messages().last().unwrap()["content"], "ada/kettles has 40 rows.");
    let asked = server.asked();
    assert_eq!(asked.first().unwrap(), "/mcp?login initialize");
    assert_eq!(asked.last().unwrap(), "/mcp?login tools/call");
}
