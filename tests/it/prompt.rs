//! What placeholders of a prompt come to: what a model is sent, and what `cards show` and `cards
//! check` say of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;

/// A home with a card in `cards/`.
fn home(card: &str) -> Program {
    let program = Program::new();
    write(&program, "cards/a.md", card);
    program
}

fn write(program: &Program, path: &str, text: &str) {
    let path = program.home().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn body(text: &str) -> String {
    format!("---\nmodel: builtin.echo\n---\n{text}")
}

fn shown(program: &Program) -> Value {
    let ran = program.run(&["cards", "show", "--json", "--card", "cards/a.md"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

/// What keeps the card from running, without the marks and the ways out.
fn errors(program: &Program) -> String {
    let ran = program.run(&["cards", "check", "cards/a.md"]);
    assert_eq!(ran.code, 52, "{}", ran.stdout);
    let wanted = |line: &&str| line.starts_with("error") || line.starts_with("  -->");
    let lines: Vec<&str> = ran.stdout.lines().filter(wanted).collect();
    let home = program.home().canonicalize().unwrap();
    lines.join("\n").replace(home.to_str().unwrap(), "HOME")
}

#[test]
fn the_values_of_a_prompt_are_those_of_the_run() {
    let card = "---\nname: my agent\nmodel: openai.gpt-4.1:x\n---\n\
                {{agentName}} {{agentType}} {{modelProvider}} {{modelName}} {{clientDisplay}}\n\
                {{agentCardPath}} {{agentCardDir}} {{workspaceRoot}} {{homeDir}}\n\
                {{currentDate}}|{{hostPlatform}}|{{executionEnvironment}}|{{model_specific}}\n\
                {{env}}";
    let program = home(card);
    let prompt = shown(&program)["prompt"].as_str().unwrap().to_owned();
    let directory = program.home().canonicalize().unwrap();
    let directory = directory.to_str().unwrap();
    let prompt = prompt.replace(directory, "HOME");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let prompt = prompt.replace(&format!("Linux-{}-{}", kernel.trim(), "x86_64"), "PLATFORM");
    let today = jiff::Zoned::now().strftime("%d %B %Y").to_string();
    let prompt = prompt.replace(&today, "TODAY").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(prompt, @r"
    my_agent basic openai gpt-4.1:x agentcard
    HOME/cards/a.md HOME/cards HOME HOME/.fast-agent
    TODAY|PLATFORM|local (cwd: HOME)|
    Environment:
    - Workspace root: HOME
    - Execution environment: local (cwd: HOME)
    - Client: agentcard
    - Agentcard runtime: VERSION
    - Host platform: PLATFORM
    ");
}

#[test]
fn a_card_without_a_prompt_gets_the_usual_one_and_the_model_is_sent_it() {
    let program = home("---\nmodel: openai.gpt-4.1\n---\n");
    write(&program, "AGENTS.md", "Be kind.");
    let model = ModelServer::start([Response::text("Yes.")]);
    let url = model.url();
    let ran = program.run(&["ask", "--card", "cards/a.md", "--base-url", &url, "Are you there?"]);
    assert_eq!(ran.shown(), "exit 0\n--- stdout\nYes.\n--- stderr\n");
    let prompt = model.requests()[0].json()["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(prompt.starts_with("You are a helpful AI Agent.\n\n\n\nBe kind.\nEnvironment:\n- W"));
    let today = jiff::Zoned::now().strftime("%d %B %Y");
    assert!(
        prompt.ends_with(&format!("fences are supported.\n\n\n\nThe current date is {today}."))
    );
    assert_eq!(prompt, shown(&program)["prompt"], "it is shown as it is sent");
}

#[test]
fn a_file_is_looked_for_beside_the_card_and_then_in_the_working_directory() {
    let program =
        home(&body("{{file:x.md}}|{{file:y.md}}|{{file:../shared/z.md}}|{{file_silent:no.md}}"));
    write(&program, "cards/x.md", "\u{feff}X beside, \\{{env}}, {{file:y.md}}, {{nope}}");
    write(&program, "x.md", "X below");
    write(&program, "y.md", "Y\r\n{{agentName}}");
    write(&program, "shared/z.md", "Z");
    let document = shown(&program);
    let prompt = document["prompt"].as_str().unwrap();
    assert!(prompt.starts_with("X beside, \\Environment:"), "{prompt}");
    assert!(prompt.ends_with(", Y\na, {{nope}}|Y\na|Z|"), "{prompt:?}");

    let text = program.run(&["cards", "show", "--card", "cards/a.md"]).stdout;
    let home = program.home().canonicalize().unwrap();
    let text = text.replace(home.to_str().unwrap(), "HOME");
    let included: Vec<&str> = text.lines().filter(|line| line.starts_with("included")).collect();
    assert_eq!(
        included,
        [
            "included     x.md: beside the card (HOME/cards/x.md)",
            "included     y.md: in the working directory (HOME/y.md)",
            "included     y.md: in the working directory (HOME/y.md)",
            "included     ../shared/z.md: beside the card (HOME/shared/z.md)",
        ]
    );
}

#[test]
fn a_file_outside_both_directories_is_refused_wherever_links_lead() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "S").unwrap();
    let card = "{{file:/etc/passwd}}\n{{file_silent:~/x}}\n{{file_silent:../../../etc/passwd}}\n\
                {{file:link}}\n{{file:cards/../../x}}\n{{file:missing.md}}\n{{file:cards}}\n{{file:large}}";
    let program = home(&body(card));
    symlink(outside.path().join("secret"), program.home().join("link")).unwrap();
    fs::File::create(program.home().join("large")).unwrap().set_len(2 << 20).unwrap();
    insta::assert_snapshot!(errors(&program), @r"
    error[outside-file]: `{{file:/etc/passwd}}` names a file by its absolute path; name it from the card's directory
      --> cards/a.md:4:1
    error[outside-file]: `{{file_silent:~/x}}` names a file by its absolute path; name it from the card's directory
      --> cards/a.md:5:1
    error[outside-file]: `{{file_silent:../../../etc/passwd}}` is outside the card's directory and the working directory
      --> cards/a.md:6:1
    error[outside-file]: `{{file:link}}` is outside the card's directory and the working directory
      --> cards/a.md:7:1
    error[dead-file]: `{{file:cards/../../x}}` names nothing that is there: no `cards/../../x` in HOME/cards nor in HOME
      --> cards/a.md:8:1
    error[dead-file]: `{{file:missing.md}}` names nothing that is there: no `missing.md` in HOME/cards nor in HOME
      --> cards/a.md:9:1
    error[dead-file]: `{{file:cards}}` is not a regular file
      --> cards/a.md:10:1
    error[large-file]: `{{file:large}}` has more than 1048576 bytes
      --> cards/a.md:11:1
    ");
}

#[test]
fn files_that_include_each_other_are_named() {
    let program = home(&body("{{file:x.md}}"));
    write(&program, "x.md", "{{file:y.md}}");
    write(&program, "y.md", "\n  {{file:x.md}}");
    insta::assert_snapshot!(errors(&program), @r"
    error[include-cycle]: `{{file:x.md}}` includes itself: HOME/x.md -> HOME/y.md -> HOME/x.md
      --> HOME/y.md:2:3
    ");

    let program = home(&body("{{file:0.md}}"));
    for depth in 0..20 {
        write(&program, &format!("{depth}.md"), &format!("{{{{file:{}.md}}}}", depth + 1));
    }
    assert!(errors(&program).contains("is included too deep: HOME/0.md -> HOME/1.md"));

    let program = home(&body(&"{{file:x.md}}".repeat(9)));
    write(&program, "x.md", &"x".repeat(1 << 19));
    insta::assert_snapshot!(errors(&program), @r"
    error[large-prompt]: with this the prompt is longer than 4194304 bytes
      --> HOME/x.md
    ");
}

#[test]
fn an_address_is_fetched_when_the_agent_is_made_and_its_text_is_left_as_it_is() {
    let elsewhere = ModelServer::start([
        Response::new(302, "text/plain", "").header("location", "/there"),
        Response::new(200, "text/plain", "Hello {{env}}."),
    ]);
    let program = home(&body(&format!("<{{{{url:{}/here}}}}>", elsewhere.url())));
    let checked = program.run(&["cards", "check", "cards/a.md"]);
    assert_eq!((checked.code, elsewhere.requests().len()), (0, 0), "a check asks nobody");
    assert_eq!(shown(&program)["prompt"], "<Hello {{env}}.>");
    let paths: Vec<String> =
        elsewhere.requests().iter().map(|request| request.path.clone()).collect();
    assert_eq!(paths, ["/v1/here", "/there"]);

    let gone = ModelServer::start([Response::new(404, "text/plain", "no")]);
    let program = home(&body(&format!("\n{{{{url:{}}}}}", gone.url())));
    let ran = program.run(&["ask", "--card", "cards/a.md", "Hello?"]);
    let stderr = ran.stderr.replace(&gone.url(), "URL");
    assert_eq!(
        (ran.code, stderr.as_str()),
        (52, "error: cards/a.md:5:1: `{{url:URL}}` was answered with 404 Not Found\n")
    );
}

#[test]
fn a_file_of_the_hub_is_fetched_as_the_person_unless_the_card_is_somebody_elses() {
    let text = |text: &str| Response::new(200, "text/plain", text);
    let card = body("{{url:hf://datasets/ada/rules@v2/house.md}}");
    let hub = ModelServer::start([text("Be kind."), text(&card), text("Be kind.")]);
    let endpoint = hub.url().replace("/v1", "");
    let program =
        home(&card).variable("HF_TOKEN", "hf_secret_of_mine").variable("HF_ENDPOINT", &endpoint);
    assert_eq!(shown(&program)["prompt"], "Be kind.");
    program.run(&["cards", "show", "--card", &format!("{endpoint}/a.md")]);
    let asked = hub.requests().into_iter().map(|request| {
        let by = request.headers.iter().find(|(name, _)| name == "authorization");
        format!("{} {}", request.path, by.map_or("nobody", |(_, token)| token))
    });
    insta::assert_snapshot!(asked.collect::<Vec<_>>().join("\n"), @"
    /datasets/ada/rules/resolve/v2/house.md Bearer hf_secret_of_mine
    /a.md Bearer hf_secret_of_mine
    /datasets/ada/rules/resolve/v2/house.md nobody
    ");
    let offline = program.variable("HF_HUB_OFFLINE", "1");
    insta::assert_snapshot!(errors(&offline), @"
    error[bad-url]: `{{url:…}}` cannot be fetched: the Hub is offline (HF_HUB_OFFLINE)
      --> cards/a.md:4:1
    ");
}

#[test]
fn names_that_stand_for_models_are_told() {
    let program = home(&body("<{{modelReferences}}>"));
    assert_eq!(shown(&program)["prompt"], "<>");
    let file = "model_references: {system: {fast: hf.small, plan: hf.large}}\n";
    write(&program, "cards/fast-agent.yaml", file);
    let prompt = "<- $system.fast: hf.small\n- $system.plan: hf.large>";
    assert_eq!(shown(&program)["prompt"], prompt);
}

#[test]
fn an_address_begins_with_https_unless_it_is_on_this_machine() {
    let card = "{{url:http://example.org/x}}\n{{url:file:///etc/passwd}}\n{{url:x}}\n\
                {{url:https://me:pw@example.org}}\n{{url:hf://a/b}}";
    insta::assert_snapshot!(errors(&home(&body(card))), @r"
    error[bad-url]: `{{url:…}}` must begin with `https:`, unless it is on this machine
      --> cards/a.md:4:1
    error[bad-url]: `{{url:…}}` cannot be fetched by `file:`; only by `https:` and `hf:`
      --> cards/a.md:5:1
    error[bad-url]: `{{url:…}}` is no address: relative URL without a base
      --> cards/a.md:6:1
    error[bad-url]: `{{url:…}}` holds a name or a password
      --> cards/a.md:7:1
    error[bad-url]: `{{url:…}}` is no file of the Hub: write hf://OWNER/REPO/path.md, or hf://datasets/… or hf://spaces/…
      --> cards/a.md:8:1
    ");
}

#[test]
fn the_version_of_python_is_asked_for_where_it_is_wanted() {
    let program = home(&body("{{pythonVer}}"));
    let prompt = shown(&program)["prompt"].as_str().unwrap().to_owned();
    assert!(prompt == "not installed" || prompt.starts_with("3."), "{prompt}");
}

#[test]
fn a_check_warns_of_what_stands_for_nothing_and_of_variables_that_are_not_set() {
    let card = "---\nmodel: builtin.echo\ndescription: In ${NOWHERE} and ${HOME}\n---\n{{curentDate}} {{x}}\n";
    let program = home(card);
    let ran = program.run(&["cards", "check"]);
    insta::assert_snapshot!(ran.shown(), @r"
    exit 0
    --- stdout
    warning[unset-variable]: `description`: `NOWHERE` is not set; `${NOWHERE}` stays as it is
      --> cards/a.md:3:14
      |
    3 | description: In ${NOWHERE} and ${HOME}
      |              ^^
      = help: set it, or give a default: `${NOWHERE:…}`

    warning[unknown-placeholder]: `{{curentDate}}` stands for nothing and stays as it is
      --> cards/a.md:5:1
      |
    5 | {{curentDate}} {{x}}
      | ^^^^^^^^^^^^^^
      = help: did you mean `currentDate`?

    warning[unknown-placeholder]: `{{x}}` stands for nothing and stays as it is
      --> cards/a.md:5:16
      |
    5 | {{curentDate}} {{x}}
      |                ^^^^^

    1 checked, nothing is wrong, 3 warnings
    --- stderr
    ");
    let shown = shown(&program);
    let home = program.home().display();
    assert_eq!(shown["description"], format!("In ${{NOWHERE}} and {home}"));
    assert_eq!(shown["prompt"], "{{curentDate}} {{x}}");
    assert!(Path::new("cards").is_dir());
}
