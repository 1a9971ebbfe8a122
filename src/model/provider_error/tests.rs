//! Every shape of error that providers are known to send, and how it is read.

use super::*;
use ModelErrorKind::{
    Auth, Credits, Malformed, Overflow, RateLimited, Rejected, Server, UnsupportedModel,
};

/// Whose error, its status and body; what kind it is and what it says.
const ERRORS: &[(&str, u16, &str, ModelErrorKind, &str)] = &[
    (
        "router, a string",
        402,
        r#"{"error":"You have depleted your monthly included credits."}"#,
        Credits,
        "You have depleted your monthly included credits.",
    ),
    (
        "router, an object",
        400,
        r#"{"error":{"message":"The requested model 'x' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#,
        UnsupportedModel,
        "The requested model 'x' does not exist",
    ),
    (
        "router, by words",
        400,
        r#"{"error":"Model not supported by provider hf-inference"}"#,
        UnsupportedModel,
        "Model not supported by provider hf-inference",
    ),
    (
        "router, nobody enabled",
        400,
        r#"{"error":{"message":"The requested model 'x' is not supported by any provider you have enabled.","type":"invalid_request_error","param":"model","code":"model_not_supported"}}"#,
        UnsupportedModel,
        "The requested model 'x' is not supported by any provider you have enabled.",
    ),
    (
        "router, a token that may not",
        403,
        r#"{"error":"This authentication method does not have sufficient permissions"}"#,
        Auth,
        "This authentication method does not have sufficient permissions",
    ),
    (
        "router, a list",
        422,
        r#"{"error":["a is missing","b is missing"]}"#,
        Rejected,
        "a is missing; b is missing",
    ),
    (
        "router, a description",
        401,
        r#"{"error_description":"Invalid token","error_type":"auth"}"#,
        Auth,
        "Invalid token",
    ),
    (
        "Groq",
        401,
        r#"{"error":{"message":"Invalid API Key","type":"invalid_request_error","code":"invalid_api_key"}}"#,
        Auth,
        "Invalid API Key",
    ),
    (
        "Groq, too long",
        400,
        r#"{"error":{"message":"Please reduce the length of the messages or completion.","code":"context_length_exceeded"}}"#,
        Overflow,
        "Please reduce the length of the messages or completion.",
    ),
    (
        "Groq, more than a minute's tokens",
        413,
        r#"{"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 8000, Requested 11240","type":"tokens","code":"rate_limit_exceeded"}}"#,
        Overflow,
        "Request too large for model `x` on tokens per minute (TPM): Limit 8000, Requested 11240",
    ),
    (
        "Groq, a minute's tokens used up",
        429,
        r#"{"error":{"message":"Rate limit reached for model `x` on tokens per minute (TPM): Limit 8000, Used 7999, Requested 900.","type":"tokens","code":"rate_limit_exceeded"}}"#,
        RateLimited,
        "Rate limit reached for model `x` on tokens per minute (TPM): Limit 8000, Used 7999, Requested 900.",
    ),
    (
        "Groq, a dependency",
        424,
        r#"{"error":{"message":"Failed dependency","type":"invalid_request_error"}}"#,
        Rejected,
        "Failed dependency",
    ),
    (
        "Groq, flex capacity",
        498,
        r#"{"error":{"message":"capacity exceeded"}}"#,
        RateLimited,
        "capacity exceeded",
    ),
    (
        "OpenRouter, a cause inside",
        400,
        r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"maximum context length is 131072 tokens\"}}","provider_name":"X"}},"user_id":"u"}"#,
        Overflow,
        "Provider returned error: maximum context length is 131072 tokens",
    ),
    (
        "OpenRouter, under 200",
        200,
        r#"{"error":{"message":"Upstream is down","code":502}}"#,
        Server,
        "Upstream is down",
    ),
    (
        "llama.cpp",
        500,
        r#"{"error":{"code":500,"message":"Failed to parse input at pos 3"}}"#,
        Server,
        "Failed to parse input at pos 3",
    ),
    (
        "llama.cpp, too long",
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size"}}"#,
        Overflow,
        "the request exceeds the available context size",
    ),
    (
        "vLLM, too long",
        400,
        r#"{"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.","type":"BadRequestError","param":null,"code":400}}"#,
        Overflow,
        "This model's maximum context length is 4096 tokens. However, you requested 9000 tokens.",
    ),
    (
        "vLLM, another model",
        404,
        r#"{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}"#,
        UnsupportedModel,
        "The model `x` does not exist.",
    ),
    (
        "vLLM",
        400,
        r#"{"error":{"message":"bad","type":"BadRequestError","param":null,"code":400}}"#,
        Rejected,
        "bad",
    ),
    (
        "vLLM, before",
        404,
        r#"{"object":"error","message":"no route","type":"NotFoundError","code":404}"#,
        Rejected,
        "no route",
    ),
    (
        "FastAPI",
        422,
        r#"{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"},{"loc":["body","messages",2,"channel"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#,
        Rejected,
        "model: field required; messages.2.channel: Extra inputs are not permitted",
    ),
    (
        "Ollama",
        404,
        r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}"#,
        UnsupportedModel,
        "model \"x\" not found, try pulling it first",
    ),
    (
        "Cerebras",
        400,
        r#"{"message":"wrong format","type":"invalid_request_error","param":"p","code":"wrong_api_format"}"#,
        Rejected,
        "wrong format",
    ),
    ("Cerebras, too long", 400, "", Overflow, ""),
    ("Cerebras, too long too", 413, "", Overflow, ""),
    (
        "LM Studio, too long",
        400,
        r#"{"error":"The number of tokens is greater than the context length"}"#,
        Overflow,
        "The number of tokens is greater than the context length",
    ),
    (
        "OpenAI, no money",
        429,
        r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
        Credits,
        "You exceeded your current quota",
    ),
    (
        "OpenAI, too long",
        400,
        r#"{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}"#,
        Overflow,
        "Your input exceeds the context window of this model.",
    ),
    (
        "OpenAI, by code alone",
        400,
        r#"{"error":{"message":"Too long.","code":"context_length_exceeded"}}"#,
        Overflow,
        "Too long.",
    ),
    (
        "a busy one",
        529,
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        Server,
        "Overloaded",
    ),
    (
        "a gateway",
        502,
        "<html><head><title>502 Bad Gateway</title></head></html>",
        Server,
        "502 Bad Gateway",
    ),
    ("a web page", 200, "<!doctype html><title>Welcome</title>", Malformed, "Welcome"),
    ("other JSON", 200, r#"{"status":"ok"}"#, Malformed, ""),
    ("a hostile one", 400, "{\"error\":\"a\\u001b[2Jb\\nc\"}", Rejected, "a [2Jb c"),
];

#[test]
fn every_shape_of_error_is_read() {
    for (whose, status, body, kind, message) in ERRORS {
        let error = ProviderError::parse(body.as_bytes());
        let status = StatusCode::from_u16(*status).unwrap();
        assert_eq!((error.kind(status), error.message.as_str()), (*kind, *message), "{whose}");
    }
}

#[test]
fn a_refused_tool_call_keeps_what_the_model_wrote() {
    let body = br#"{"error":{"message":"Tool call validation failed","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"{\"name\": \"x\"}"}}"#;
    let expected = ProviderError {
        message: "Tool call validation failed".to_owned(),
        code: "tool_use_failed".to_owned(),
        param: String::new(),
        status: None,
        failed_generation: Some(r#"{"name": "x"}"#.to_owned()),
    };
    assert_eq!(ProviderError::parse(body), expected);
}

#[test]
fn a_long_message_is_bounded() {
    let error = ProviderError::parse("é".repeat(5000).as_bytes());
    assert_eq!(error.message.chars().count(), LONGEST + 1);
}

#[test]
fn the_key_it_is_about_is_known() {
    for (body, param) in [
        (r#"{"error":{"message":"Unsupported parameter","param":"max_tokens"}}"#, "max_tokens"),
        (
            r#"{"detail":[{"loc":["body","top_k"],"msg":"Extra inputs are not permitted"}]}"#,
            "top_k",
        ),
        (r#"{"message":"wrong","param":"messages","code":"wrong_api_format"}"#, "messages"),
        (r#"{"error":{"message":"no","param":null}}"#, ""),
    ] {
        assert_eq!(ProviderError::parse(body.as_bytes()).param, param, "{body}");
    }
}

#[test]
fn what_is_no_text_says_nothing() {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03";
    assert_eq!(ProviderError::parse(gzip), ProviderError::default());
    let cut = &"Zu viel é".as_bytes()[..9];
    assert_eq!(ProviderError::parse(cut).message, "Zu viel");
}

#[test]
fn an_overflow_may_say_how_much_fits() {
    for (message, kind, expected) in [
        (
            "Provider returned error: maximum context length is 131072 tokens",
            Overflow,
            Some(131_072),
        ),
        (
            "This model's maximum context length is 8192 tokens. However, you requested 9000.",
            Overflow,
            Some(8192),
        ),
        ("the request exceeds the available context size (4096 tokens)", Overflow, Some(4096)),
        ("the request exceeds the available context size", Overflow, None),
        ("Please reduce the length of the messages or completion.", Overflow, None),
        ("maximum context length is 3", Overflow, None),
        ("maximum context length is 131072 tokens", Rejected, None),
    ] {
        let message = message.to_owned();
        let error = ModelError { kind, message, ..ModelError::filtered() };
        assert_eq!(context(&error), expected, "{}", error.message);
    }
}
