//! Tool names as gpt-oss and its servers pollute them.
//!
//! A name is cleaned until it is a declared tool's, or it stays unknown and the model is told so;
//! it is never bent to a tool it merely resembles. The clean name is what the conversation keeps,
//! since a polluted one that goes back infects the next call (a fix proposed to `vLLM` says so).

use serde_json::{Map, Value};

use super::Repair;
use super::harmony::split_at_tokens;
use crate::message::{Arguments, ToolSpec};

/// What stands around a name and is none: roles, channels and content types of the harmony format.
const NOISE: &[&str] =
    &["assistant", "analysis", "commentary", "final", "json", "code", "functions", "tool"];

/// The longest name providers take.
const LONGEST: usize = 64;

/// The declared tool that is meant, or a name that can at least be sent back.
pub(super) fn resolve(
    written: &str,
    tools: &[ToolSpec],
    arguments: &Arguments,
    repairs: &mut Vec<Repair>,
) -> String {
    if tools.iter().any(|tool| tool.name == written) {
        return written.to_owned();
    }
    let parts: Vec<&str> = parts(written).collect();
    let words = || parts.iter().filter(|part| !NOISE.contains(part));
    let name = match parts.iter().find_map(|part| declared(part, tools)) {
        Some(name) => name.to_owned(),
        None if words().next().is_none() => match only_acceptor(arguments, tools) {
            Some(name) => name.to_owned(),
            None => "unknown".to_owned(),
        },
        // What cannot be sent is replaced, and must not make a tool's name of another.
        None => Some(sendable(words().next().copied().unwrap_or_default()))
            .filter(|name| declared(name, tools).is_none())
            .unwrap_or_else(|| "unknown".to_owned()),
    };
    if name != written {
        repairs.push(Repair::new("tool_name", format!("{written:?} is read as {name:?}")));
    }
    name
}

/// Whether nothing in what was written names a tool, so that one can only be guessed.
pub(super) fn is_guess(written: &str) -> bool {
    parts(written).all(|part| NOISE.contains(&part))
}

/// The words of a name, without what stands around them.
fn parts(written: &str) -> impl Iterator<Item = &str> {
    let words = split_at_tokens(written).flat_map(str::split_whitespace);
    words.map(bare).filter(|part| !part.is_empty())
}

/// A part without the recipient marks of the harmony format: `to=functions.x` is `x`.
fn bare(part: &str) -> &str {
    let mut bare = part.trim();
    while let Some(rest) = bare.strip_prefix("to=").or_else(|| bare.strip_prefix("functions.")) {
        bare = rest;
    }
    bare
}

/// The tool of this name: exactly, else but for case, else but for `-`, `.` and `_`, else but for the
/// server it is named after; the latter three only if there is one such tool.
fn declared<'t>(name: &str, tools: &'t [ToolSpec]) -> Option<&'t str> {
    let only = |is_same: &dyn Fn(&str) -> bool| {
        let mut same = tools.iter().map(|tool| tool.name.as_str()).filter(|name| is_same(name));
        same.next().filter(|_| same.next().is_none())
    };
    only(&|tool| tool == name)
        .or_else(|| only(&|tool| tool.eq_ignore_ascii_case(name)))
        .or_else(|| only(&|tool| folded(tool) == folded(name)))
        .or_else(|| only(&|tool| is_of_a_server(name, tool)))
}

/// Whether a name leaves out the server of a tool that is named after it (`echo` for
/// `everything__echo`), or writes it as a namespace (`everything.echo`).
fn is_of_a_server(name: &str, tool: &str) -> bool {
    let Some((server, own)) = tool.split_once("__") else { return false };
    let own_name = name.strip_prefix(server).and_then(|rest| rest.strip_prefix(['.', '/', ':']));
    own_name.unwrap_or(name) == own
}

fn folded(name: &str) -> String {
    let fold = |c| if matches!(c, '-' | '.') { '_' } else { c };
    name.to_ascii_lowercase().chars().map(fold).collect()
}

/// The one tool whose schema takes these arguments, where nothing of a name came.
fn only_acceptor<'t>(arguments: &Arguments, tools: &'t [ToolSpec]) -> Option<&'t str> {
    let Arguments::Object(arguments) = arguments else {
        return None;
    };
    let mut accepting = tools.iter().filter(|tool| accepts(tool.parameters.tree(), arguments));
    let name = accepting.next()?.name.as_str();
    accepting.next().is_none().then_some(name)
}

fn accepts(schema: &Value, arguments: &Map<String, Value>) -> bool {
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let has_all = required.iter().filter_map(Value::as_str).all(|key| arguments.contains_key(key));
    let knows_all = arguments.keys().all(|key| schema["properties"].get(key).is_some());
    has_all && knows_all && !arguments.is_empty()
}

/// A name every provider takes back.
fn sendable(name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    name.chars().take(LONGEST).map(allowed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(name: &str, parameters: Value) -> ToolSpec {
        ToolSpec {
            name: name.to_owned(),
            description: String::new(),
            parameters: parameters.into(),
        }
    }

    fn tools() -> Vec<ToolSpec> {
        let endpoint = json!({
            "type": "object",
            "properties": {"endpoint": {"type": "string"}},
            "required": ["endpoint"],
        });
        let path = json!({"type": "object", "properties": {"path": {"type": "string"}}});
        vec![tool("hf_api_request", endpoint), tool("open-file", path)]
    }

    /// What a name is read as, and whether that was reported.
    fn resolved(written: &str, arguments: &Value) -> (String, bool) {
        let arguments = Arguments::Object(arguments.as_object().unwrap().clone());
        let mut repairs = Vec::new();
        let name = resolve(written, &tools(), &arguments, &mut repairs);
        (name, !repairs.is_empty())
    }

    #[test]
    fn polluted_names_are_cleaned() {
        for written in [
            "functions.hf_api_request",
            "functions.functions.hf_api_request",
            "to=functions.hf_api_request",
            " hf_api_request ",
            // vLLM 0.13 streams seven of eight names like this.
            "hf_api_request<|channel|>commentary",
            "hf_api_request<|channel|>json",
            "hf_api_request <|constrain|>json",
            // The second segment is the name in 25 of 500 SWE-bench runs of gpt-oss-120b.
            "assistant<|channel|>hf_api_request<|channel|>commentary",
            "commentary to=functions.hf_api_request",
            "HF_API_Request",
            "hf-api.request",
        ] {
            let expected = ("hf_api_request".to_owned(), true);
            assert_eq!(resolved(written, &json!({})), expected, "{written}");
        }
        assert_eq!(resolved("open_file", &json!({})), ("open-file".to_owned(), true));
        assert_eq!(resolved("open-file", &json!({})), ("open-file".to_owned(), false));
    }

    #[test]
    fn a_name_of_nothing_but_roles_is_the_one_tool_that_takes_the_arguments() {
        // Ollama sends this with good arguments.
        for written in ["assistant<|channel|>analysis", "functions.", ""] {
            let of = |arguments: Value| resolved(written, &arguments).0;
            assert_eq!(of(json!({"endpoint": "/whoami-v2"})), "hf_api_request");
            assert_eq!(of(json!({"path": "a"})), "open-file");
            assert_eq!(of(json!({"command": "ls"})), "unknown");
            assert_eq!(of(json!({})), "unknown");
        }
    }

    #[test]
    fn an_invented_tool_stays_unknown_under_a_name_that_can_be_sent_back() {
        for (written, expected) in [
            ("repo_browser.open_file", "repo_browser_open_file"),
            ("container.exec", "container_exec"),
            ("python", "python"),
            ("functions.browser.search<|channel|>analysis", "browser_search"),
            ("hf_api", "hf_api"),
            ("hf_api*request", "unknown"),
        ] {
            assert_eq!(resolved(written, &json!({"endpoint": "/x"})).0, expected);
        }
    }

    #[test]
    fn a_servers_tool_is_found_without_its_server_if_it_is_the_only_one_so_named() {
        let tools =
            ["time__now", "time__convert", "zones__convert"].map(|name| tool(name, json!({})));
        let arguments = Arguments::Object(Map::new());
        for (written, expected) in [
            ("now", "time__now"),
            ("time.now", "time__now"),
            ("functions.time.now", "time__now"),
            ("zones.convert", "zones__convert"),
            ("convert", "convert"),
            ("other.now", "other_now"),
        ] {
            let name = resolve(written, &tools, &arguments, &mut Vec::new());
            assert_eq!(name, expected, "{written}");
        }
    }

    #[test]
    fn two_tools_that_differ_in_case_alone_are_not_mixed_up() {
        let tools = [tool("Read", json!({})), tool("read", json!({}))];
        let arguments = Arguments::Malformed(String::new());
        assert_eq!(resolve("READ", &tools, &arguments, &mut Vec::new()), "READ");
    }
}
