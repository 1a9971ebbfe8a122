//! What `fast-agent.yaml` beside cards sets, what it cannot, and how it stands to everything else.

use std::path::PathBuf;

use agentcard::config::mcp::{Address, Transport};
use agentcard::config::{Config, Environment, Flags};

use super::Place;

impl Place {
    /// The configuration with what lies in some directories.
    fn with(&self, directories: &[&str]) -> Result<Config, String> {
        let mut config = self.load(&Flags::default());
        let directories: Vec<PathBuf> =
            directories.iter().map(|name| self.path().join(name)).collect();
        let home = self.path().display().to_string();
        let environment = Environment::fixed([("SIZE", "small"), ("TOKEN", "hf_secret")]);
        config.add_fast_agent(&directories, &environment).map(|()| config).map_err(|diagnostics| {
            let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            lines.join("\n").replace(&home, "HOME")
        })
    }

    fn yaml(&self, text: &str) -> String {
        std::fs::write(self.path().join("fast-agent.yaml"), text).unwrap();
        self.with(&["."]).unwrap_err()
    }
}

/// Where a server is, as text, all that is sent to it included.
fn address(config: &Config, name: &str) -> String {
    let environment = Environment::fixed([("TOKEN", "hf_secret")]);
    match config.mcp_servers[name].address(&environment) {
        Ok(Address::Process(process)) => format!("{} {:?}", process.line, process.environment),
        Ok(Address::Http(http)) => format!("{} {:?}", http.url, http.headers.keys()),
        Err(error) => error,
    }
}

const FILE: &str = r#"
default_model: groq.theirs
model_references:
  system:
    fast: groq.small
    plan: hf.large
mcp:
  servers:
    fetch: {target: "uvx mcp-server-fetch"}
    files:
      command: npx
      args: ["-y", "@scope/files", 8080]
      env: {LEVEL: 3, DRY: true}
      read_timeout_seconds: 20
    hub:
      url: https://mcp.example.org/mcp
      headers: {Authorization: "Bearer ${TOKEN}"}
    old: {transport: sse, url: "https://mcp.example.org/sse"}
    empty:
logger:
  level: "debug"
  show_tools: true
hf:
  base_url: https://evil.example.org/v1
  api_key: hf_theirs
"#;

#[test]
fn models_and_servers_are_read_and_the_rest_is_left_alone() {
    let place = Place::new().file("fast-agent.yaml", FILE);
    let config = place.with(&["nowhere", "."]).unwrap();
    let model = config.model.clone().unwrap();
    let file = place.path().join("./fast-agent.yaml");
    assert_eq!(model.value, "groq.theirs");
    assert_eq!(model.origin.to_string(), format!("{}:2:1", file.display()));
    let reference = &config.model_references["system.plan"];
    assert_eq!(
        (reference.value.as_str(), reference.origin.to_string()),
        ("hf.large", format!("{}:6:1", file.display()))
    );
    assert_eq!(config.model_for(Some("$system.fast")).unwrap().value, "groq.small");
    assert_eq!(config.model_for(Some("$system.default")).unwrap().value, "groq.theirs");
    assert_eq!(config.model_for(Some("$no.where")).unwrap().value, "groq.theirs");
    let dangling = ["$system.fast", "$system.default", "$no.where", "groq.x"];
    assert_eq!(dangling.map(|model| config.is_dangling(model)), [false, false, true, false]);
    assert_eq!(config.mcp_servers["files"].timeout.unwrap().as_secs(), 20);
    assert_eq!(config.mcp_servers["old"].transport, Some(Transport::Sse));
    let shown = ["fetch", "files", "hub", "empty"].map(|name| address(&config, name));
    insta::assert_snapshot!(shown.join("\n"), @r#"
    uvx mcp-server-fetch {}
    DRY=… LEVEL=… npx -y @scope/files 8080 {"DRY": "true", "LEVEL": "3"}
    a project's file may not send variables of yours to another machine: define the server in your own config.toml
    must have one of `target`, `command` and `url`
    "#);
    assert_eq!((config.providers.len(), config.base_url), (0, None));
}

#[test]
fn variables_in_a_models_name_are_filled_in_unless_they_hold_secrets() {
    let text = "default_model: \"${SIZE}${NO:-er}\"\nmodel_references: {a: {b: \"x.${SIZE}\", c: \"x.${TOKEN}\"}}\n";
    let config = Place::new().file("fast-agent.yaml", text).with(&["."]).unwrap();
    assert_eq!(config.model_for(None).unwrap().value, "small-er");
    let references = ["a.b", "a.c"].map(|name| config.model_references[name].value.clone());
    assert_eq!(references, ["x.small", "x.${TOKEN}"]);
}

#[test]
fn a_model_may_be_a_reference_wherever_one_is_named() {
    let model = |text: &str, flag: Option<&str>, card: Option<&str>| {
        let place = Place::new().file("fast-agent.yaml", text);
        let mut config = place.load(&Flags { model: flag.map(Into::into), ..Flags::default() });
        let environment = Environment::fixed([]);
        config.add_fast_agent(&[place.path().to_owned()], &environment).unwrap();
        config.model_for(card).map_or_else(|| "none".to_owned(), |model| model.value)
    };
    let references = "model_references:\n  system: {fast: groq.small, plan: $system.fast}\n  \
                      odd: {one: $odd.two, two: $odd.one, self: $odd.self}\n";
    let with = |default: &str| format!("default_model: {default}\n{references}");
    assert_eq!(model(&with("$system.fast"), None, None), "groq.small");
    assert_eq!(model(&with("$system.plan"), None, Some("$system.default")), "groq.small");
    assert_eq!(model(&with("groq.large"), Some("$system.plan"), Some("hf.card")), "groq.small");
    assert_eq!(model(&with("$no.where"), None, Some("hf.card")), "hf.card");
    assert_eq!(model(&with("$system.fast"), None, Some("$no.where")), "groq.small");
    for dangling in ["$no.where", "$system.default", "$odd.one", "$odd.self", "$"] {
        assert_eq!(model(&with(dangling), None, None), "none", "{dangling}");
        assert_eq!(model(references, Some(dangling), Some("hf.card")), "none", "{dangling}");
    }
}

#[test]
fn whatever_the_person_set_goes_before_it() {
    let own = "model = \"groq.mine\"\n[model_references.system]\nfast = \"groq.mine\"\n\
               [mcp.servers.fetch]\ncommand = \"mine\"\n";
    for place in [Place::new().user_file(own), Place::new().project_file(own)] {
        let config = place.file("fast-agent.yaml", FILE).with(&["."]).unwrap();
        assert_eq!(config.model_for(None).unwrap().value, "groq.mine");
        assert_eq!(config.model_for(Some("$system.fast")).unwrap().value, "groq.mine");
        assert_eq!(address(&config, "fetch"), "mine {}");
        assert_eq!(config.model_references["system.plan"].value, "hf.large");
    }
    // What fast-agent takes where nothing else names a model goes behind it there as here.
    let place = Place::new().variable("FAST_AGENT_MODEL", "groq.last");
    assert_eq!(place.with(&["."]).unwrap().model_for(None).unwrap().value, "groq.last");
    let place = place.file("fast-agent.yaml", FILE);
    assert_eq!(place.with(&["."]).unwrap().model_for(None).unwrap().value, "groq.theirs");
    let place = Place::new().variable("AGENTCARD_MODEL", "groq.variable");
    let config = place.file("fast-agent.yaml", FILE).with(&["."]).unwrap();
    assert_eq!(config.model_for(None).unwrap().value, "groq.variable");
    assert_eq!(config.model_for(Some("$system.fast")).unwrap().value, "groq.small");
}

#[test]
fn the_first_directory_goes_before_the_others_and_secrets_are_added() {
    let place = Place::new()
        .file("fastagent.config.yaml", FILE)
        .file("fastagent.secrets.yaml", "mcp: {servers: {files: {env: {KEY: abc, LEVEL: 4}}}}")
        .file("home/fast-agent.yaml", "default_model: groq.home\nmcp: {servers: {more: {}}}");
    let config = place.with(&["home", "."]).unwrap();
    assert_eq!(config.model_for(None).unwrap().value, "groq.home");
    assert!(config.mcp_servers.contains_key("more"));
    assert_eq!(
        address(&config, "files"),
        r#"DRY=… KEY=… LEVEL=… npx -y @scope/files 8080 {"DRY": "true", "KEY": "abc", "LEVEL": "4"}"#
    );
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let place = Place::new();
    let mut report = Vec::new();
    for text in [
        "default_model: x\n  y: z: 1\n",
        "- a\n- b\n",
        "mcp:\n  servers:\n    - fetch\n",
        "mcp:\n  servers:\n    a:\n      command: [x]\n",
        "default_model: [x]\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: [",
        "a: b\n---\nc: d\n",
        &format!("a: {}\n", "x".repeat(70_000)),
    ] {
        report.push(place.yaml(text));
    }
    insta::assert_snapshot!(report.join("\n"), @"
    HOME/./fast-agent.yaml:2:4: the YAML cannot be read: mapping values are not allowed in this context
    HOME/./fast-agent.yaml:1:1: the YAML cannot be read: invalid type: sequence, expected a mapping
    HOME/./fast-agent.yaml:3:5: the YAML cannot be read: mcp.servers: invalid type: sequence, expected a map
    HOME/./fast-agent.yaml:4:16: the YAML cannot be read: mcp.servers.a.command: invalid type: sequence, expected a string
    HOME/./fast-agent.yaml:1:16: the YAML cannot be read: default_model: invalid type: sequence, expected a string
    HOME/./fast-agent.yaml:2:8: the YAML cannot be read: aliases are not followed here
    HOME/./fast-agent.yaml:1:5: the YAML cannot be read: did not find expected node content
    HOME/./fast-agent.yaml: the YAML cannot be read: deserializing from YAML containing more than one document is not supported
    HOME/./fast-agent.yaml: cannot be read: it has more than 65536 bytes
    ");
    let both = place.file("fastagent.config.yaml", FILE).with(&["."]).unwrap_err();
    insta::assert_snapshot!(both, @"HOME/./fast-agent.yaml: HOME/./fastagent.config.yaml lies beside it, and they are the same thing");
}

#[test]
fn a_file_without_anything_sets_nothing() {
    for text in ["", "# nothing\n", "default_model:\nmcp:\nmodel_references:\n", "mcp: {servers: }"]
    {
        let place = Place::new().file("fast-agent.yaml", text);
        let config = place.with(&["."]).unwrap();
        assert_eq!((config.model, config.mcp_servers.len()), (None, 0), "{text}");
    }
    let starred =
        "mcp: {servers: {a: {target: 'x *.md'}}}\n# see *note\nb: 2 * 3\nc: https://a/?b=*x\n";
    let place = Place::new().file("fast-agent.yaml", starred);
    assert_eq!(address(&place.with(&["."]).unwrap(), "a"), "x '*.md' {}");
}
