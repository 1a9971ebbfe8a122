//! What of all that a server has is offered: resources as the card chooses, prompts, roots.

use super::*;
use crate::support::mcp::node_server;
use agentcard::tool::mcp::Root;
use serde_json::json;

const STATIC: &str = "demo://resource/static/document/";

/// The reference server under this name.
fn everything(name: &str) -> Option<Definition> {
    let program = node_server("mcp-server-everything")?;
    Some(server(name, &[program, "stdio".to_owned()]))
}

fn only(patterns: &[&str]) -> Filter {
    Filter::matching(patterns.iter().map(|pattern| (*pattern).to_owned()).collect())
}

/// Whether a resource is read, or what is said instead.
async fn read(desk: &Desk, uri: &str) -> String {
    let result = desk.call("all__read_resource", json!({"uri": uri})).await;
    match result.status {
        CallStatus::Ok => "read".to_owned(),
        _ => result.content,
    }
}

#[tokio::test]
async fn what_is_not_chosen_is_not_read_either() {
    let Some(all) = everything("all") else { return };
    // One by its URI, one by its name, and a template by its name.
    let resources = only(&["*/features.md", "architecture.md", "Dynamic Text*"]);
    let desk = Desk::with(vec![Definition { resources, ..all }]).await;
    for uri in [
        &format!("{STATIC}features.md"),
        &format!("{STATIC}architecture.md"),
        "demo://resource/dynamic/text/7",
    ] {
        assert_eq!(read(&desk, uri).await, "read", "{uri}");
    }
    for uri in [&format!("{STATIC}startup.md"), "demo://resource/dynamic/blob/7"] {
        let said = read(&desk, uri).await;
        let expected = "is none of the resources of the MCP server `all` that may be read";
        assert!(said.contains(expected), "{said}");
    }
    let Some(all) = everything("all") else { return };
    let desk = Desk::with(vec![all]).await;
    assert_eq!(read(&desk, &format!("{STATIC}startup.md")).await, "read");
}

#[tokio::test]
async fn a_prompt_is_asked_of_the_server_that_has_it() {
    let (Some(short), Some(long)) = (everything("a"), everything("a__b")) else { return };
    let prompts = only(&["args-*"]);
    let servers =
        vec![Definition { prompts: prompts.clone(), ..short }, Definition { prompts, ..long }];
    let servers = Servers::new(servers);
    let (events, _reported) = Events::channel();
    let prompts = servers.prompts(&events).await;
    let shown: Vec<String> = prompts.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    a__args-prompt city=… [state=…]: A prompt with two arguments, one required and one optional
    a__b__args-prompt city=… [state=…]: A prompt with two arguments, one required and one optional
    ");
    for prompt in &prompts {
        let given = vec![("city".to_owned(), "Oslo".to_owned())];
        let said = servers.prompt(prompt, given, &events).await;
        assert_eq!(said.as_deref(), Ok("What's weather in Oslo?"));
    }
    let said = servers.prompt(&prompts[1], Vec::new(), &events).await;
    assert_eq!(said, Err("a__b__args-prompt needs city".to_owned()));
}

#[tokio::test]
async fn a_server_is_told_the_roots_it_has() {
    let Some(all) = everything("all") else { return };
    let root =
        |uri: &str, name: Option<&str>| Root { uri: uri.to_owned(), name: name.map(str::to_owned) };
    let roots = vec![root("file:///srv/notes", Some("Notes")), root("file:///srv/mail", None)];
    let desk = Desk::with(vec![Definition { roots, ..all }]).await;
    let said = desk.call("all__get-roots-list", json!({})).await.content;
    let (roots, _note) = said.split_once("\n\nNote:").unwrap();
    insta::assert_snapshot!(roots, @r"
    Current MCP Roots (2 total):

    1. Notes
       URI: file:///srv/notes

    2. Unnamed Root
       URI: file:///srv/mail
    ");
}

#[tokio::test]
async fn a_server_works_in_the_roots_it_is_told() {
    let Some(program) = node_server("mcp-server-filesystem") else { return };
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().canonicalize().unwrap();
    let root = Root { uri: format!("file://{}", here.display()), name: None };
    let files = server("files", &[program, "/usr".to_owned()]);
    let desk = Desk::with(vec![Definition { roots: vec![root], ..files }]).await;
    // It asks for them when it is started, and serves meanwhile.
    let expected = json!({"content": format!("Allowed directories:\n{}", here.display())});
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let said = desk.call("files__list_allowed_directories", json!({})).await.content;
        if serde_json::from_str::<Value>(&said).unwrap() == expected {
            break;
        }
        assert!(Instant::now() < deadline, "{said}");
    }
}
