//! The floor: the same exchanges by a minimal hyper program. JSON is written and read by hand, there
//! is one connection a host, one thread, and a write for every body frame that brought text.
//!
//! It checks nothing, retries nothing and knows the benchmark's servers only.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Outcome;

const TOOLS: &str = r#"[{"type":"function","function":{"name":"hf_api_request","description":"Calls the Hugging Face Hub API.","parameters":{"type":"object","properties":{"endpoint":{"type":"string"},"method":{"type":"string"},"params":{"type":"object"},"json_body":{"type":"object"},"max_results":{"type":"integer"},"offset":{"type":"integer"}},"required":["endpoint"]}}}]"#;

/// A tool call as it stands on the wire, its arguments still escaped.
struct Call {
    id: String,
    arguments: String,
}

/// Asks the question and writes the answer to stdout.
pub(crate) fn run(model: &str, hub: &str, card: &str, question: &str) -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(ask(model, hub, card, question))?;
    Ok(ExitCode::SUCCESS)
}

async fn ask(model: &str, hub: &str, card: &str, question: &str) -> Outcome<()> {
    let card = read_card(Path::new(card))?;
    let prompt = card.splitn(3, "---\n").nth(2).ok_or("the card has no front matter")?;
    let (model_host, model_path) = split_url(model)?;
    let (hub_host, _) = split_url(hub)?;
    let mut model = connect(model_host).await?;
    let mut hub = None;
    let mut messages = format!(
        r#"{{"role":"system","content":"{}"}},{{"role":"user","content":"{}"}}"#,
        escape(prompt.trim()),
        escape(question)
    );
    loop {
        let body = format!(
            r#"{{"model":"x","stream":true,"stream_options":{{"include_usage":true}},"messages":[{messages}],"tools":{TOOLS}}}"#
        );
        let request = Request::post(format!("{model_path}/chat/completions"))
            .header("host", model_host)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let calls = read_reply(model.send_request(request).await?.into_body()).await?;
        for Call { id, arguments } in &calls {
            let hub = match &mut hub {
                Some(hub) => hub,
                none => none.insert(connect(hub_host).await?),
            };
            let result = fetch(hub, hub_host, arguments).await?;
            write!(
                messages,
                r#",{{"role":"assistant","content":"","tool_calls":[{{"id":"{id}","type":"function","function":{{"name":"hf_api_request","arguments":"{arguments}"}}}}]}},{{"role":"tool","tool_call_id":"{id}","content":"{}"}}"#,
                escape(&result)
            )?;
        }
        if calls.is_empty() {
            return Ok(());
        }
    }
}

/// The text of a card; of a folder's, the one that says that it is the default.
fn read_card(path: &Path) -> Outcome<String> {
    if path.is_file() {
        return Ok(std::fs::read_to_string(path)?);
    }
    for entry in std::fs::read_dir(path)? {
        let card = std::fs::read_to_string(entry?.path())?;
        if card.contains("\ndefault: true\n") {
            return Ok(card);
        }
    }
    Err("no card is the default".into())
}

fn split_url(url: &str) -> Outcome<(&str, &str)> {
    let rest = url.strip_prefix("http://").ok_or("only http is spoken here")?;
    Ok(rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash)))
}

async fn connect(host: &str) -> Outcome<SendRequest<Full<Bytes>>> {
    let socket = TcpStream::connect(host).await?;
    socket.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Writes the text of a reply while it arrives and returns the calls it asks for.
async fn read_reply(mut body: Incoming) -> Outcome<Vec<Call>> {
    let mut stdout = std::io::stdout().lock();
    let (mut pending, mut text, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        pending.extend_from_slice(&data);
        let Some(end) = pending.iter().rposition(|byte| *byte == b'\n') else { continue };
        for line in std::str::from_utf8(&pending[..end])?.lines() {
            if let Some(content) = field(line, r#""content":""#) {
                text.extend_from_slice(content.as_bytes());
            }
            if let Some((id, arguments)) =
                field(line, r#""tool_calls":[{"id":""#).zip(field(line, r#""arguments":""#))
            {
                calls.push(Call { id: id.to_owned(), arguments: arguments.to_owned() });
            }
        }
        pending.drain(..=end);
        if !text.is_empty() {
            stdout.write_all(&text)?;
            stdout.flush()?;
            text.clear();
        }
    }
    Ok(calls)
}

async fn fetch(hub: &mut SendRequest<Full<Bytes>>, host: &str, arguments: &str) -> Outcome<String> {
    let endpoint = field(arguments, r#"\"endpoint\":\""#).ok_or("a call without an endpoint")?;
    let endpoint = endpoint.split('\\').next().unwrap_or_default();
    let request = Request::get(format!("/api{endpoint}"))
        .header("host", host)
        .header("authorization", "Bearer hf_x")
        .body(Full::default())?;
    let body = hub.send_request(request).await?.into_body().collect().await?.to_bytes();
    let data = std::str::from_utf8(&body)?;
    Ok(format!(r#"{{"url":"http://{host}/api{endpoint}","status":200,"data":{data}}}"#))
}

/// The escaped string that follows `key`, up to its closing quote.
fn field<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = &line[line.find(key)? + key.len()..];
    let mut escaped = false;
    let end = rest.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    Some(&rest[..end.unwrap_or(rest.len())])
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            other => escaped.push(other),
        }
    }
    escaped
}
