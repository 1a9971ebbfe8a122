//! Where a model spec leads, and which key goes there.

use std::net::TcpListener;

use crate::support::wait::Nobody;
use agentcard::config::{BaseUrl, Config, Environment, MaxTokensField, ProviderRow, Sourced};
use agentcard::model::endpoint::{
    Builtin, Endpoint, LocalServer, Quirks, ResolveError, Target, local_servers, resolve,
};
use agentcard::model_spec::{Effort, ModelParams};
use agentcard::secret::Secret;
use http::{HeaderMap, HeaderValue};

fn url(text: &str) -> BaseUrl {
    text.parse().unwrap()
}

fn at(base_url: &str) -> Config {
    Config { base_url: Some(Sourced::from_flag(url(base_url), "--base-url")), ..Config::default() }
}

fn resolved(spec: &str, config: &Config, environment: &Environment) -> Endpoint {
    match resolve(&spec.parse().unwrap(), None, config, environment).unwrap() {
        Target::Endpoint(endpoint) => *endpoint,
        Target::Builtin(builtin) => panic!("{spec} is {builtin:?}"),
    }
}

fn refused(spec: &str, config: &Config, environment: &Environment) -> ResolveError {
    match resolve(&spec.parse().unwrap(), None, config, environment) {
        Err(error) => error,
        Ok(Target::Endpoint(endpoint)) => endpoint.key.unwrap_err(),
        Ok(Target::Builtin(builtin)) => panic!("{spec} is {builtin:?}"),
    }
}

/// The key a spec's requests would carry.
fn key(spec: &str, config: &Config, environment: &Environment) -> Option<String> {
    resolved(spec, config, environment).key.unwrap().map(|key| key.expose().to_owned())
}

#[test]
fn a_spec_leads_to_url_key_model_and_parameters() {
    let environment = Environment::fixed([("HF_TOKEN", "hf_abc\n")]);
    let endpoint =
        resolved("hf.openai/gpt-oss-20b:groq?reasoning=low", &Config::default(), &environment);
    assert_eq!(endpoint.name(), "hf.openai/gpt-oss-20b:groq");
    assert_eq!(
        endpoint,
        Endpoint {
            provider: "hf".to_owned(),
            base_url: url("https://router.huggingface.co/v1"),
            key: Ok(Secret::parse("hf_abc").unwrap()),
            headers: HeaderMap::new(),
            model: "openai/gpt-oss-20b:groq".to_owned(),
            params: ModelParams { reasoning: Some(Effort::Low), ..ModelParams::default() },
            context: Some(131_072),
            quirks: Quirks { max_tokens_field: MaxTokensField::MaxTokens, schema_patterns: false },
        },
    );
}

#[test]
fn every_provider_has_its_place() {
    let keyed = Config { api_key: Secret::parse("k").unwrap(), ..Config::default() };
    let lines: Vec<String> = [
        "hf/openai/gpt-oss-20b",
        "gpt-oss-20b:groq",
        "gpt-oss",
        "openai.gpt-4.1",
        "openai/gpt-oss-20b",
        "groq.openai/gpt-oss-20b",
        "openrouter.openai/gpt-oss-20b",
        "together.openai/gpt-oss-20b",
        "fireworks.accounts/fireworks/models/gpt-oss-20b",
        "cerebras.gpt-oss-120b",
        "ollama.gpt-oss:20b",
        "generic.gpt-oss:20b",
        "llamacpp.gpt-oss-20b",
        "vllm.openai/gpt-oss-20b",
        "lmstudio.openai/gpt-oss-20b",
    ]
    .into_iter()
    .map(|spec| {
        let Endpoint { base_url, model, quirks, .. } =
            resolved(spec, &keyed, &Environment::fixed([]));
        let Quirks { max_tokens_field, schema_patterns } = quirks;
        format!("{spec}: {base_url} {model} {max_tokens_field:?} patterns:{schema_patterns}")
    })
    .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    hf/openai/gpt-oss-20b: https://router.huggingface.co/v1 openai/gpt-oss-20b MaxTokens patterns:false
    gpt-oss-20b:groq: https://router.huggingface.co/v1 openai/gpt-oss-20b:groq MaxTokens patterns:false
    gpt-oss: https://router.huggingface.co/v1 openai/gpt-oss-120b:cerebras MaxTokens patterns:false
    openai.gpt-4.1: https://api.openai.com/v1 gpt-4.1 MaxCompletionTokens patterns:false
    openai/gpt-oss-20b: https://api.openai.com/v1 gpt-oss-20b MaxCompletionTokens patterns:false
    groq.openai/gpt-oss-20b: https://api.groq.com/openai/v1 openai/gpt-oss-20b MaxTokens patterns:false
    openrouter.openai/gpt-oss-20b: https://openrouter.ai/api/v1 openai/gpt-oss-20b MaxTokens patterns:false
    together.openai/gpt-oss-20b: https://api.together.ai/v1 openai/gpt-oss-20b MaxTokens patterns:false
    fireworks.accounts/fireworks/models/gpt-oss-20b: https://api.fireworks.ai/inference/v1 accounts/fireworks/models/gpt-oss-20b MaxTokens patterns:false
    cerebras.gpt-oss-120b: https://api.cerebras.ai/v1 gpt-oss-120b MaxTokens patterns:false
    ollama.gpt-oss:20b: http://localhost:11434/v1 gpt-oss:20b MaxTokens patterns:false
    generic.gpt-oss:20b: http://localhost:11434/v1 gpt-oss:20b MaxTokens patterns:false
    llamacpp.gpt-oss-20b: http://localhost:8080/v1 gpt-oss-20b MaxTokens patterns:true
    vllm.openai/gpt-oss-20b: http://localhost:8000/v1 openai/gpt-oss-20b MaxTokens patterns:false
    lmstudio.openai/gpt-oss-20b: http://localhost:1234/v1 openai/gpt-oss-20b MaxTokens patterns:false
    ");
}

#[test]
fn built_in_models_need_no_server() {
    let target = |spec: &str| {
        resolve(&spec.parse().unwrap(), None, &at("http://localhost:1"), &Environment::fixed([]))
    };
    assert_eq!(target("builtin.hub"), Ok(Target::Builtin(Builtin::Hub)));
    assert_eq!(target("builtin/echo"), Ok(Target::Builtin(Builtin::Echo)));
    assert_eq!(target("passthrough"), Ok(Target::Builtin(Builtin::Echo)));
    assert_eq!(
        target("builtin.scripted:C:/replies.json"),
        Ok(Target::Builtin(Builtin::Scripted("C:/replies.json".into()))),
    );
    for unknown in ["builtin.nobody", "builtin.scripted", "builtin.hub:20b"] {
        let name = unknown.trim_start_matches("builtin.").to_owned();
        assert_eq!(target(unknown), Err(ResolveError::UnknownBuiltin { name }));
    }
}

#[test]
fn a_providers_key_goes_to_its_own_origin_only() {
    let environment =
        Environment::fixed([("HF_TOKEN", "hf_abc"), ("OPENAI_API_KEY", "sk-1"), ("HOME", "/none")]);
    let key = |spec: &str, base_url: &str| key(spec, &at(base_url), &environment);
    let hf = Some("hf_abc".to_owned());
    assert_eq!(key("hf.m", "https://router.huggingface.co/other"), hf);
    assert_eq!(key("hf.m", "http://router.huggingface.co/v1"), None);
    assert_eq!(key("hf.m", "https://router.huggingface.co.evil.example/v1"), None);
    assert_eq!(key("hf.m", "http://127.0.0.1:8080/v1"), None);
    assert_eq!(key("openai.m", "https://router.huggingface.co/v1"), None);
}

#[test]
fn a_key_of_our_own_goes_wherever_requests_go() {
    let environment = Environment::fixed([("HF_TOKEN", "hf_abc")]);
    let ours = Secret::parse("ours").unwrap();
    for config in [Config::default(), at("http://elsewhere.example/v1")] {
        let config = Config { api_key: ours.clone(), ..config };
        assert_eq!(resolved("hf.m", &config, &environment).key, Ok(ours.clone()));
    }
}

#[test]
fn a_missing_key_says_where_it_was_looked_for() {
    let environment = Environment::fixed([("HOME", "/none")]);
    let explain = |spec: &str| {
        let error = refused(spec, &Config::default(), &environment);
        format!("{spec}: {error}\n  {}", error.hints().join("\n  "))
    };
    let explained = ["hf.openai/gpt-oss-20b", "groq.m", "openai/gpt-oss-20b"].map(explain);
    insta::assert_snapshot!(explained.join("\n"), @"
    hf.openai/gpt-oss-20b: provider `hf` needs a key, and there is none in HF_TOKEN or HUGGING_FACE_HUB_TOKEN
      set HF_TOKEN, or log in with `hf auth login`, which keeps the token in /none/.cache/huggingface/token
    groq.m: provider `groq` needs a key, and there is none in GROQ_API_KEY
      set GROQ_API_KEY
    openai/gpt-oss-20b: provider `openai` needs a key, and there is none in OPENAI_API_KEY
      OpenAI does not serve gpt-oss; for the Hugging Face router write `hf.openai/gpt-oss-20b`
      set OPENAI_API_KEY
    ");
    assert_eq!(
        refused("hf.m", &Config::default(), &environment),
        ResolveError::MissingKey {
            provider: "hf".to_owned(),
            model: "m".to_owned(),
            variables: vec!["HF_TOKEN".to_owned(), "HUGGING_FACE_HUB_TOKEN".to_owned()],
            file: Some("/none/.cache/huggingface/token".into()),
        },
    );
}

#[test]
fn local_servers_want_no_key_and_are_given_one_that_is_set() {
    let config = Config::default();
    assert_eq!(key("llamacpp.m", &config, &Environment::fixed([])), None);
    assert_eq!(
        key("llamacpp.m", &config, &Environment::fixed([("LLAMA_API_KEY", "k")])),
        Some("k".to_owned()),
    );
}

#[test]
fn the_token_of_a_login_is_the_routers_key_but_no_other_providers() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token");
    std::fs::write(&file, "hf_login\n").unwrap();
    let path = file.display().to_string();
    // That variable is about requests to the Hub; `huggingface_hub` itself does not heed it for
    // inference.
    let environment = Environment::fixed([
        ("HF_TOKEN_PATH", path.as_str()),
        ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"),
    ]);
    assert_eq!(key("hf.m", &Config::default(), &environment), Some("hf_login".to_owned()));
    assert!(matches!(
        refused("groq.m", &Config::default(), &environment),
        ResolveError::MissingKey { file: None, .. },
    ));

    std::fs::write(&file, "not a token").unwrap();
    assert_eq!(
        refused("hf.m", &Config::default(), &environment).to_string(),
        format!("the key in {path} cannot be used: it holds a character that a key cannot have"),
    );
}

#[test]
fn names_that_lead_nowhere_say_what_would() {
    let explain = |spec: &str| {
        let error = refused(spec, &Config::default(), &Environment::fixed([]));
        format!("{error}\n  {}", error.hints().join("\n  "))
    };
    let explained = [
        "gorq.openai/gpt-oss-20b",
        "gpt-os-20b",
        "meta-llama/Llama-3.1-8B-Instruct:cerebras",
        "sonnet",
        "anthropic.claude-opus",
        "hf.",
        "builtin.nobody",
    ]
    .map(explain);
    insta::assert_snapshot!(explained.join("\n"), @"
    no provider is named in `gorq.openai/gpt-oss-20b`, and it is no alias
      did you mean `groq.openai/gpt-oss-20b`?
    no provider is named in `gpt-os-20b`, and it is no alias
      did you mean `gpt-oss-20b`?
    no provider is named in `meta-llama/Llama-3.1-8B-Instruct`, and it is no alias
      for the Hugging Face router write `hf.meta-llama/Llama-3.1-8B-Instruct:cerebras`
    no provider is named in `sonnet`, and it is no alias
      write `PROVIDER.sonnet` with one of cerebras, fireworks, groq, hf, llamacpp, lmstudio, ollama, openai, openrouter, together, vllm, or with one you add under `[providers]` in the configuration
    no provider is named in `anthropic.claude-opus`, and it is no alias
      write `PROVIDER.anthropic.claude-opus` with one of cerebras, fireworks, groq, hf, llamacpp, lmstudio, ollama, openai, openrouter, together, vllm, or with one you add under `[providers]` in the configuration
    no provider is named in `hf.`, and it is no alias
      name a model behind it: `hf.MODEL`
    there is no built-in model `nobody`
      the built-in models are builtin.hub, builtin.echo and builtin.scripted:FILE
    ");
}

#[test]
fn a_configured_row_adds_to_the_one_that_comes_with_the_program() {
    let mut row = ProviderRow { schema_patterns: Some(true), ..ProviderRow::default() };
    row.headers.insert("X-HF-Bill-To", HeaderValue::from_static("my-org"));
    let mut config = Config { api_key: Secret::parse("k").unwrap(), ..Config::default() };
    config.providers.insert("hf".to_owned(), row.clone());
    config.aliases.insert("small".to_owned(), "hf.openai/gpt-oss-20b?temp=0".parse().unwrap());
    let endpoint = resolved("small:groq", &config, &Environment::fixed([]));
    assert_eq!(endpoint.name(), "hf.openai/gpt-oss-20b:groq");
    assert_eq!(endpoint.base_url, url("https://router.huggingface.co/v1"));
    assert_eq!(endpoint.headers, row.headers);
    assert!(endpoint.quirks.schema_patterns);
    assert_eq!(endpoint.params.temperature, Some(0.0));
}

#[test]
fn nothing_a_target_shows_holds_the_key() {
    let environment = Environment::fixed([("HF_TOKEN", "hf_abc")]);
    let shown = format!("{:?}", resolved("hf.m", &Config::default(), &environment));
    assert!(shown.contains("Secret(…)") && !shown.contains("hf_abc"), "{shown}");
}

#[tokio::test]
async fn servers_on_this_machine_are_found_by_their_ports() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let row = |base_url: String| ProviderRow {
        base_url: Some(url(&base_url)),
        example: Some("m".to_owned()),
        ..ProviderRow::default()
    };
    let nobody = Nobody::there();
    let mut config = Config::default();
    config.providers.insert("mine".to_owned(), row(format!("http://127.0.0.1:{port}/v1")));
    config.providers.insert("gone".to_owned(), row(format!("{}/v1", nobody.origin())));

    let found = local_servers(&config).await;
    let ours: Vec<&LocalServer> =
        found.iter().filter(|server| ["mine", "gone"].contains(&&*server.provider)).collect();
    let expected =
        LocalServer { provider: "mine".to_owned(), port, example: Some("mine.m".to_owned()) };
    assert_eq!(ours, [&expected]);
    assert_eq!(expected.to_string(), format!("mine answers on port {port}: try `--model mine.m`"));
}
