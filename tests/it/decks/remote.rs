//! Cards from elsewhere: what is asked for, who is told who asks, and what such a card may not do.

use std::fs;

use super::{ECHO, asked, home};
use crate::support::model_server::{ModelServer, Response};

const MARKDOWN: &str = "text/markdown";

/// What a server was asked for, and with which token.
fn asked_for(server: &ModelServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    let shown = requests.map(|request| {
        let token = request.headers.iter().find(|(name, _)| name == "authorization");
        let token = token.map_or("nobody", |(_, value)| value.as_str());
        format!("{} {} as {token}", request.method, request.path)
    });
    shown.collect()
}

#[test]
fn a_card_of_an_address_runs_and_nobody_is_told_who_asks() {
    let server = ModelServer::start([
        Response::new(200, MARKDOWN, ECHO),
        Response::new(200, MARKDOWN, ECHO),
        Response::new(200, MARKDOWN, ECHO),
    ]);
    let program = home(&[]).variable("HF_TOKEN", "hf_secret_of_mine");
    let card = format!("{}/cards/ann.md?raw=1", server.url());
    let ran = program.run(&["ask", "-q", "--card", &card, "Hello"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, "Hello\n", ""));
    assert_eq!(asked(&program, &["--card", &card]), "ann");
    let again = program.run(&["ask", "-q", "--continue", "And now?"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, "And now?\n"));
    let expected = "GET /v1/cards/ann.md?raw=1 as nobody";
    assert_eq!(asked_for(&server), [expected, expected, expected]);
}

#[test]
fn a_card_of_the_hub_is_asked_for_with_the_token_which_goes_nowhere_else() {
    let elsewhere = ModelServer::start([Response::new(200, MARKDOWN, ECHO)]);
    let moved = format!("{}/blob", elsewhere.url());
    let hub = ModelServer::start([
        Response::new(200, MARKDOWN, ECHO),
        Response::new(302, "text/plain", "").header("Location", &moved),
        Response::new(404, "text/plain", "Not found"),
    ]);
    let endpoint = hub.url().replace("/v1", "");
    let program =
        home(&[]).variable("HF_TOKEN", "hf_secret_of_mine").variable("HF_ENDPOINT", &endpoint);
    assert_eq!(asked(&program, &["--card", "hf://ada/team/cards/ann.md"]), "ann");
    assert_eq!(asked(&program, &["--card", "hf://datasets/ada/team@v2/bob.md"]), "bob");
    let gone = program.run(&["ask", "--card", "hf://spaces/ada/team/eve.md", "Hello"]);
    insta::assert_snapshot!(gone.shown(), @"
    exit 52
    --- stdout
    --- stderr
    error: hf://spaces/ada/team/eve.md: was answered with 404 Not Found
      hint: if it is private: `hf auth login`, or HF_TOKEN
    ");
    assert_eq!(
        asked_for(&hub),
        [
            "GET /ada/team/resolve/main/cards/ann.md as Bearer hf_secret_of_mine",
            "GET /datasets/ada/team/resolve/v2/bob.md as Bearer hf_secret_of_mine",
            "GET /spaces/ada/team/resolve/main/eve.md as Bearer hf_secret_of_mine",
        ]
    );
    assert_eq!(asked_for(&elsewhere), ["GET /v1/blob as nobody"]);
    let offline = program.variable("HF_HUB_OFFLINE", "1");
    let ran = offline.run(&["ask", "--card", "hf://ada/team/ann.md", "Hello"]);
    assert!(ran.stderr.contains("the Hub is offline"), "{}", ran.stderr);
}

/// What is said of a card from elsewhere.
fn complaint(card: &str) -> String {
    let server = ModelServer::start([Response::new(200, MARKDOWN, card)]);
    let address = format!("{}/a.md", server.url());
    let servers = "[mcp.servers.mine]\ncommand = \"true\"\n";
    let files = [
        ("secret.txt", "secret"),
        ("tools.py", "def f(): pass\n"),
        (".config/agentcard/config.toml", servers),
    ];
    let program = home(&files).variable("MINE", "secret-value");
    let ran = program.run(&["ask", "--trust", "--card", &address, "Hello"]);
    assert!(!ran.shown().contains("secret-value"), "{}", ran.shown());
    ran.shown()
}

#[test]
fn a_card_from_elsewhere_has_no_servers_here() {
    let front = "---\nmodel: builtin.echo\n";
    insta::assert_snapshot!(complaint(&format!("{front}servers: [mine]\n---\nHello.\n")), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:3:10: `servers`: a card from elsewhere uses no servers of your configuration
      hint: save it as a file, read it, and run that
    ");
    let placed = "mcp_connect: [{target: npx -y some-server}]\n---\nHello.\n";
    insta::assert_snapshot!(complaint(&format!("{front}{placed}")), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:3:14: `mcp_connect`: a card from elsewhere runs nothing on this machine
      hint: save it as a file, read it, and run that
    ");
}

#[test]
fn a_card_from_elsewhere_runs_nothing_and_reads_nothing_here() {
    let front = "---\nmodel: builtin.echo\n";
    insta::assert_snapshot!(complaint(&format!("{front}shell: true\n---\nHello.\n")), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:3:8: `shell`: a card from elsewhere runs nothing on this machine
      hint: save it as a file, read it, and run that
    ");
    let tools = "function_tools: [tools.py:f]\n---\nHello.\n";
    insta::assert_snapshot!(complaint(&format!("{front}{tools}")), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:3:18: `function_tools`: a card from elsewhere brings no files that could run here
      hint: download the card with its files, and look at them
    ");
    // Whatever it is that would call them.
    let others = "tool_hooks: {before_llm_call: tools.py:f}\nlifecycle_hooks: {on_start: tools.py:f}\n\
                  commands: {hi: {description: Hi., handler: \"tools.py:f\"}}\n---\nHello.\n";
    insta::assert_snapshot!(complaint(&format!("{front}{others}")), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:3:31: `tool_hooks`: a card from elsewhere brings no files that could run here
      hint: download the card with its files, and look at them
    error: http://127.0.0.1:PORT/v1/a.md:4:29: `lifecycle_hooks`: a card from elsewhere brings no files that could run here
      hint: download the card with its files, and look at them
    error: http://127.0.0.1:PORT/v1/a.md:5:44: `commands`: a card from elsewhere brings no files that could run here
      hint: download the card with its files, and look at them
    ");
    insta::assert_snapshot!(complaint(&format!("{front}---\n{{{{file:secret.txt}}}}\n")), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:4:1: a card from elsewhere includes no files of this machine
    ");
    let variable = "description: ${MINE}\n---\nHello.\n";
    insta::assert_snapshot!(complaint(&format!("{front}{variable}")), @"
    exit 0
    --- stdout
    Hello
    --- stderr
    ");
    insta::assert_snapshot!(complaint("<html>"), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md:1:1: a card must begin with front matter, but this is other text
      hint: begin the file with `---`, the YAML keys and a closing `---`; the prompt follows
    ");
    insta::assert_snapshot!(complaint(&"x".repeat(2_000_000)), @"
    exit 52
    --- stdout
    --- stderr
    error: http://127.0.0.1:PORT/v1/a.md: is longer than 1048576 bytes
    ");
}

#[test]
fn an_address_that_cannot_be_asked_is_refused() {
    let program = home(&[("here/ann.md", ECHO)]);
    let ask = |card: &str| program.run(&["ask", "Hello", "--card", card]).stderr;
    let cards = [
        "http://example.org/a.md",
        "https://me:pw@example.org/a.md",
        "hf://a/b",
        "hf://a/../b/c.md",
    ];
    insta::assert_snapshot!(cards.map(ask).concat(), @"
    error: http://example.org/a.md: must begin with `https:`, unless it is on this machine
    error: https://example.org/a.md: holds a name or a password
    error: hf://a/b: is no file of the Hub: write hf://OWNER/REPO/path.md, or hf://datasets/… or hf://spaces/…
    error: hf://a/../b/c.md: is no file of the Hub: write hf://OWNER/REPO/path.md, or hf://datasets/… or hf://spaces/…
    ");
    let file = format!("file://{}/here/ann.md", program.home().display());
    assert_eq!(asked(&program, &["--card", &file]), "ann");
    fs::remove_file(program.home().join("here/ann.md")).unwrap();
    assert!(ask(&file).contains("ann.md: there is no such file"), "{}", ask(&file));
}
