//! Cards that are no agents but put agents together: which keys each type has, and whom it calls.
//!
//! They are read and checked; none of them runs yet.

use std::collections::HashSet;

use super::check::check_entries;
use super::keys::{self, KEYS, Key, REQUEST_PARAMS, Spelling, now};
use super::node::Node;
use super::path::KeyPath;
use super::problem::{Problem, suggestion};
use super::problems::Problems;
use super::shape::Shape;
use super::values::Values;

/// What a card is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Kind {
    /// An agent: it can be asked.
    #[default]
    Agent,
    /// Something else.
    Workflow(Workflow),
}

/// What a card of another type than `agent` says besides its name and standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its type, as it is known: `evaluator_optimizer`.
    pub word: &'static str,
    /// The cards it calls, in the order in which it names them, and where each is named.
    pub(super) calls: Vec<(KeyPath, String)>,
}

/// A type of card: its keys besides those that every card has.
#[derive(Debug)]
pub(super) struct Type {
    word: &'static str,
    required: &'static [&'static str],
    keys: &'static [Key],
    /// Keys of an agent that it has too.
    borrowed: &'static [&'static str],
    /// The keys that name cards.
    calls: &'static [&'static str],
}

/// The keys that cards of every type have.
const COMMON: &[&str] =
    &["type", "name", "instruction", "description", "default", "tool_only", "schema_version"];

const COUNT: Shape = Shape::Integer { least: 1, most: 1_000_000 };
const RATINGS: &[&str] = &["POOR", "FAIR", "GOOD", "EXCELLENT"];
const MATCHES: &[&str] = &["exact", "normalized", "structured"];

/// The types there are besides `agent`.
pub(super) const TYPES: &[Type] = &[
    Type {
        word: "chain",
        required: &["sequence"],
        keys: &[
            now("sequence", Shape::Texts, "the agents, one after the other"),
            now("cumulative", Shape::Flag, "whether each sees all answers before"),
        ],
        borrowed: &[],
        calls: &["sequence"],
    },
    Type {
        word: "parallel",
        required: &["fan_out"],
        keys: &[
            now("fan_out", Shape::Texts, "the agents that are asked side by side"),
            now("fan_in", Shape::Text, "the agent that puts their answers together"),
            now("include_request", Shape::Flag, "whether that one sees the question"),
        ],
        borrowed: &[],
        calls: &["fan_out", "fan_in"],
    },
    Type {
        word: "evaluator_optimizer",
        required: &["generator", "evaluator"],
        keys: &[
            now("generator", Shape::Text, "the agent that answers"),
            now("evaluator", Shape::Text, "the agent that rates the answer"),
            now("min_rating", Shape::Choice(RATINGS), "the rating that is good enough"),
            now("max_refinements", COUNT, "the most rounds"),
            now("refinement_instruction", Shape::Text, "what the generator is told"),
        ],
        borrowed: &["messages"],
        calls: &["generator", "evaluator"],
    },
    Type {
        word: "router",
        required: &["agents"],
        keys: &[],
        borrowed: &[
            "agents",
            "servers",
            "tools",
            "resources",
            "prompts",
            "model",
            "use_history",
            "save_trajectory",
            "request_params",
            "human_input",
            "api_key",
            "messages",
        ],
        calls: &["agents"],
    },
    Type {
        word: "orchestrator",
        required: &["agents"],
        keys: &[
            now("plan_type", Shape::Text, "how it plans"),
            now("plan_iterations", Shape::Integer { least: -1, most: 1_000_000 }, "the most plans"),
        ],
        borrowed: &[
            "agents",
            "model",
            "use_history",
            "save_trajectory",
            "request_params",
            "human_input",
            "api_key",
            "messages",
        ],
        calls: &["agents"],
    },
    Type {
        word: "iterative_planner",
        required: &["agents"],
        keys: &[now(
            "plan_iterations",
            Shape::Integer { least: -1, most: 1_000_000 },
            "the most plans",
        )],
        borrowed: &["agents", "model", "request_params", "api_key", "messages"],
        calls: &["agents"],
    },
    Type {
        word: "maker",
        required: &["worker"],
        keys: &[
            now("worker", Shape::Text, "the agent that is asked again and again"),
            now("k", COUNT, "by how many votes an answer wins"),
            now("max_samples", COUNT, "the most answers"),
            now("match_strategy", Shape::Choice(MATCHES), "when two answers are the same"),
            now("red_flag_max_length", COUNT, "the longest answer that counts"),
        ],
        borrowed: &["messages"],
        calls: &["worker"],
    },
    Type {
        word: "a2a",
        required: &["url"],
        keys: &[
            now("url", Shape::Text, "where the agent is"),
            now("transport", Shape::Choice(&["JSONRPC", "HTTP+JSON"]), "how it is spoken to"),
            now("streaming", Shape::Flag, "whether its answers stream in"),
            now("polling", Shape::Flag, "whether it is asked for news"),
            now("accepted_output_modes", Shape::Texts, "the kinds of output that are taken"),
            now("headers", Shape::TextByName, "what is sent with every request"),
            now("auth", Shape::Anything, "how it is signed in to"),
            now("relative_card_path", Shape::Text, "where its own card is"),
            now("request_timeout_seconds", Shape::SECONDS, "how long it may take"),
        ],
        borrowed: &[],
        calls: &[],
    },
];

/// The type of a word, in whatever case.
pub(super) fn find(word: &str) -> Option<&'static Type> {
    TYPES.iter().find(|kind| kind.word == word)
}

/// The types besides `agent`, with the keys each needs or has of its own, and whether it needs them.
pub(super) fn own_keys() -> impl Iterator<Item = (&'static str, &'static Key, bool)> {
    TYPES.iter().flat_map(|kind| {
        let borrowed =
            kind.required.iter().filter_map(|name| keys::find(KEYS, name, Spelling::Snake));
        let keys = borrowed.chain(kind.keys);
        keys.map(|key| (kind.word, key, kind.required.contains(&key.name)))
    })
}

impl Type {
    /// Its keys, and those of them that it needs.
    pub(super) fn rows(&self) -> (impl Iterator<Item = &'static Key>, &'static [&'static str]) {
        let borrowed = COMMON.iter().chain(self.borrowed);
        let borrowed = borrowed.filter_map(|name| keys::find(KEYS, name, Spelling::Snake));
        (self.keys.iter().chain(borrowed), self.required)
    }

    /// How it is written in a card.
    pub(super) const fn word(&self) -> &'static str {
        self.word
    }

    /// Checks the front matter of a card of this type and reads whom it calls.
    pub(super) fn read(
        &'static self,
        entries: &[(String, Node)],
        problems: &mut Problems<'_>,
    ) -> Workflow {
        let (rows, required) = self.rows();
        check_rows(&rows.collect::<Vec<_>>(), entries, problems);
        let values = Values(entries);
        for key in required {
            let message = match values.get(key) {
                None => format!("needs `{key}`"),
                Some(Node::List(list)) if list.is_empty() => format!("needs an entry of `{key}`"),
                Some(_) => continue,
            };
            let message = format!("a card of type `{}` {message}", self.word);
            problems.at_value(&KeyPath::top("type"), Problem::new(message).kind("missing-key"));
        }
        if let (Some(k), Some(most)) = (values.count("k"), values.count("max_samples"))
            && most < k
        {
            let message = format!("must be at least `k`, which is {k}");
            let problem = Problem::new(message).kind("conflict");
            problems.at_value(&KeyPath::top("max_samples"), problem);
        }
        let calls = self.calls.iter().flat_map(|key| names(values, key)).collect();
        Workflow { word: self.word, calls }
    }
}

/// Checks entries against some rows. Whether an agent's key acts is all the same here.
fn check_rows(rows: &[&'static Key], entries: &[(String, Node)], problems: &mut Problems<'_>) {
    let mut seen = HashSet::new();
    for (written, node) in entries.iter().filter(|(written, _)| seen.insert(written)) {
        let path = KeyPath::top(written);
        let Some(key) = rows.iter().find(|key| key.name == written) else {
            let hint = suggestion(written, rows.iter().map(|key| key.name));
            let problem = Problem::new("there is no such key of this type of card");
            problems.at_key(&path, problem.kind("unknown-key").hint(hint));
            continue;
        };
        if *node == Node::Null {
            continue;
        }
        for (path, problem) in key.shape.check(&path, node) {
            problems.at_value(&path, problem);
        }
        if let (Shape::RequestParams, Node::Mapping(entries)) = (key.shape, node) {
            check_entries(&path, entries, REQUEST_PARAMS, Spelling::SnakeOrCamel, problems);
        }
    }
}

/// The cards that stand under a key, one or a list of them.
fn names(values: Values<'_>, key: &str) -> Vec<(KeyPath, String)> {
    let path = KeyPath::top(key);
    match values.get(key) {
        Some(Node::Text(name)) => vec![(path, name.clone())],
        Some(Node::List(list)) => list
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((path.index(index), entry.text()?.to_owned())))
            .collect(),
        _ => Vec::new(),
    }
}
