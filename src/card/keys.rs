//! The keys a card of type `agent` may have: what each holds, and whether it acts yet.
//!
//! One table drives checking, suggestions and documentation. It does not know what becomes of a
//! value.

use super::children::{SOURCES, TARGETS};
use super::hook::{OF_A_RUN, OF_AN_AGENT};
use super::shape::Shape;

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What it holds.
    pub(super) shape: Shape,
    /// Whether giving it has an effect.
    pub(super) support: Support,
    /// What it is for.
    pub(super) about: &'static str,
}

/// Whether a key acts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Support {
    /// It does.
    Now,
    /// It does not, and nothing is missing without it: a warning says so.
    Never,
}

pub(super) const fn now(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, support: Support::Now, about }
}

const fn never(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, support: Support::Never, about }
}

/// The types of card there are. Only the first runs yet, and the last is another word for it.
pub(super) const TYPES: &[&str] = &[
    "agent",
    "chain",
    "parallel",
    "evaluator_optimizer",
    "router",
    "orchestrator",
    "iterative_planner",
    "maker",
    "a2a",
    "smart",
];

const COUNT: Shape = Shape::Integer { least: 1, most: 1_000_000 };

/// The keys at the top of a card.
pub(super) const KEYS: &[Key] = &[
    now("type", Shape::Text, "the type of card: `agent`"),
    now("name", Shape::Text, "the agent's name; the file's stem if not given"),
    now("instruction", Shape::Text, "the system prompt, if the card has no body"),
    now("description", Shape::Text, "what the agent is for"),
    now("color", Shape::Text, "means nothing here; cards for Claude Code have it"),
    now("default", Shape::Flag, "whether it is asked when no agent is named"),
    now("tool_only", Shape::Flag, "whether it is only there for other agents"),
    now("schema_version", Shape::Integer { least: 1, most: 1 }, "the version of the card format"),
    now("model", Shape::Text, "the model: `hf.openai/gpt-oss-20b:groq`"),
    now("function_tools", Shape::FunctionTools, "functions it may call: `module.py:function`"),
    now("http_tools", Shape::HttpTools, "requests to servers it may make, see below"),
    now("request_params", Shape::RequestParams, "settings of the model and the loop, see below"),
    now("use_history", Shape::Flag, "whether a later prompt sees the earlier ones"),
    now("agents", Shape::Texts, "other agents it may call, by name"),
    now("servers", Shape::Texts, "MCP servers it may use"),
    now("tools", Shape::Tools, "which tools of which server, or names of tools, see below"),
    now("resources", Shape::TextsByName, "which resources of which server"),
    now("prompts", Shape::TextsByName, "which prompts of which server"),
    now("mcp_connect", Shape::McpServers, "MCP servers by their place, see below"),
    now("skills", Shape::TextOrTexts, "directories of skills; `[]` is none at all"),
    now("save_trajectory", Shape::Flag, "whether each run is saved; needs `use_history: false`"),
    now("human_input", Shape::Flag, "whether it may ask the person"),
    now("api_key", Shape::Text, "the key of the model's provider: `${NAME}`"),
    now(
        "tool_hooks",
        Shape::Hooks(OF_A_RUN),
        "functions that look on: `before_tool_call: hooks.py:guard`",
    ),
    now(
        "lifecycle_hooks",
        Shape::Hooks(OF_AN_AGENT),
        "functions to run at its start and end: `on_start: hooks.py:prepare`",
    ),
    now("commands", Shape::Commands, "commands it brings to `agentcard chat`, see docs/python.md"),
    now("trim_tool_history", Shape::Flag, "whether tool results are dropped after the answer"),
    now("tool_input_schema", Shape::Mapping, "what it takes as another's tool: a JSON Schema"),
    now("messages", Shape::TextOrTexts, "files of messages its conversations begin with"),
    now("shell", Shape::Flag, "whether it may run commands and use files"),
    now(
        "cwd",
        Shape::Text,
        "where commands run and files are; where the program runs if not given",
    ),
    now("variables", Shape::Values, "what `{{name}}` stands for in the prompt"),
    now("subagents", Shape::Flag, "whether it may start clones of itself"),
    now(
        "subagent_model",
        Shape::Text,
        "the model of those; its own, or what a call names, if not given",
    ),
    now(
        "harness_tools",
        Shape::Flag,
        "whether it may look itself up: `slash_command`, `get_resource`",
    ),
    now(
        "history_source",
        Shape::Choice(SOURCES),
        "whose messages those begin with; `none` if not given",
    ),
    now(
        "history_merge_target",
        Shape::Choice(TARGETS),
        "who gets what was said in a call; `none` if not given",
    ),
    now("max_parallel", COUNT, "how many of those run at once; as many as are called if not given"),
    now("child_timeout_sec", Shape::SECONDS, "how long a call of one may take"),
    now(
        "max_display_instances",
        COUNT,
        "how many of those of one reply get a line on the terminal; 20 if not given",
    ),
];

const SHARE: Shape = Shape::Number { least: 0.0, most: 1.0 };
const PENALTY: Shape = Shape::Number { least: -2.0, most: 2.0 };
const POLICIES: &[&str] = &["auto", "always", "defer", "no_tools"];
const RESULT_MODES: &[&str] = &["postprocess", "passthrough", "selectable"];

/// The keys of `request_params`; each may also be written in camel case.
pub(super) const REQUEST_PARAMS: &[Key] = &[
    now("temperature", Shape::Number { least: 0.0, most: 2.0 }, "sampling temperature"),
    now("top_p", SHARE, "the probability mass to draw tokens from"),
    now("top_k", Shape::Integer { least: 0, most: 1_000_000 }, "how many tokens to draw from"),
    now("min_p", SHARE, "the least relative probability of a token"),
    now("presence_penalty", PENALTY, "the penalty on tokens that occurred"),
    now("frequency_penalty", PENALTY, "the penalty on tokens that occurred often"),
    now("repetition_penalty", Shape::Number { least: 0.0, most: 2.0 }, "a factor against repeats"),
    now("max_tokens", Shape::Integer { least: 1, most: 10_000_000 }, "the most tokens of a reply"),
    now("stop_sequences", Shape::Texts, "texts that end a reply"),
    now("max_iterations", COUNT, "the most turns of a run"),
    now("streaming_timeout", Shape::SECONDS, "how long a reply may be silent"),
    now("parallel_tool_calls", Shape::Flag, "whether a reply may hold several calls"),
    now("response_format", Shape::Mapping, "a schema for the answer, as OpenAI takes it"),
    now("structured_tool_policy", Shape::Choice(POLICIES), "how a schema and tools go together"),
    now("tool_result_mode", Shape::Choice(RESULT_MODES), "what becomes of tool results"),
    now("service_tier", Shape::Choice(&["fast", "flex"]), "the provider's tier"),
    now("use_history", Shape::Flag, "see the key of the card, which goes first"),
    now("model", Shape::Text, "see the key of the card, which goes first"),
    now("metadata", Shape::Values, "data for the provider"),
    now("template_vars", Shape::Values, "see `variables` of the card, which go first"),
];

/// The keys of an entry of `function_tools` that is a mapping.
pub(super) const FUNCTION_TOOL: &[Key] = &[
    now("entrypoint", Shape::Text, "the function: `module.py:function`"),
    now(
        "variant",
        Shape::Choice(&["code"]),
        "`code` if one of its arguments is to be shown as code",
    ),
    now("code_arg", Shape::Text, "which one; `code` if not given"),
    now("language", Shape::Text, "its language; `python` if not given"),
];

/// The keys of an entry of `mcp_connect`.
pub(super) const MCP_SERVER: &[Key] = &[
    now("target", Shape::Text, "a URL, `@scope/package` of npm, or a command line"),
    now("name", Shape::Text, "its name; made of the target if not given"),
    now("description", Shape::Text, "what it is for"),
    now("headers", Shape::TextByName, "what is sent with every request"),
    now("access_token", Shape::Text, "sent as `Authorization: Bearer …`"),
    now("protocol_mode", Shape::Choice(&["auto", "modern", "legacy"]), "how it is greeted"),
    now("management", Shape::Choice(MANAGEMENTS), "who speaks to it; only `client` can here"),
    now("connector_id", Shape::Text, "its number at a provider; an error here"),
    now("defer_loading", Shape::Flag, "whether its tools are searched for; only `false` here"),
    now("auth", Shape::Anything, "how to log in to it; only `false` here"),
];

const MANAGEMENTS: &[&str] = &["client", "provider"];
/// How servers are asked.
pub(super) const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The keys of an entry of `http_tools`.
pub(super) const HTTP_TOOL: &[Key] = &[
    now("name", Shape::Text, "the tool's name"),
    now("description", Shape::Text, "what the model is told about it"),
    now("method", Shape::Choice(METHODS), "how the server is asked; `GET` if not given"),
    now("url", Shape::Text, "where, with parameters as `{name}` behind the server"),
    now("headers", Shape::TextByName, "what is sent along; `${NAME}` may be a secret there"),
    now("parameters", Shape::Mapping, "its arguments: to each name a sentence, or a schema"),
];

/// The keys of an entry of `commands`.
pub(super) const COMMAND: &[Key] = &[
    now("description", Shape::Text, "what `/help` says of it"),
    now("handler", Shape::Text, "the function: `module.py:function`"),
    now("input_hint", Shape::Text, "what may follow it, as `/help` shows it: `[CITY]`"),
    never("key", Shape::Text, "a key that stands for it"),
    never("completer", Shape::Text, "a function that completes what follows it"),
];

/// How the keys of a mapping may be spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As in the table.
    Snake,
    /// That, or in camel case.
    SnakeOrCamel,
}

/// The row of a key as it is spelled in a card.
pub(super) fn find(
    table: &'static [Key],
    written: &str,
    spelling: Spelling,
) -> Option<&'static Key> {
    table.iter().find(|key| match spelling {
        _ if key.name == written => true,
        Spelling::Snake => false,
        Spelling::SnakeOrCamel => camel_case(key.name).eq(written.chars()),
    })
}

/// A snake-case name in camel case: `max_tokens` as `maxTokens`.
pub(super) fn camel_case(name: &str) -> impl Iterator<Item = char> {
    let mut begins = false;
    name.chars().filter_map(move |letter| {
        let begun = std::mem::replace(&mut begins, letter == '_');
        (letter != '_').then(|| if begun { letter.to_ascii_uppercase() } else { letter })
    })
}
