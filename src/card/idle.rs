//! Keys that have no effect beside the others of their card.
//!
//! It warns of what is certain whoever runs the card, and of nothing else.

use std::collections::BTreeSet;

use super::node::Node;
use super::path::{KeyPath, Spot};
use super::placeholder;
use super::problem::{Problem, shown, suggestion};
use super::problems::Problems;
use super::prompt::{Piece, Placeholder, Prompt};
use super::subagents::Subagents;
use super::values::Values;
use super::{Card, HistorySource, MOST_SHOWN, MergeTarget};
use crate::diagnostic::Diagnostic;

/// A key that acts only where another one is given.
pub(super) fn without(needed: &str) -> Problem {
    no_effect(format!("has no effect without `{needed}`"))
        .hint(format!("write `{needed}` too, or leave this out"))
}

/// A key that has no effect, and why.
pub(super) fn no_effect(message: String) -> Problem {
    Problem::new(message).kind("no-effect")
}

/// Warns of keys of an agent that have no effect. Its prompt and its clones are as they were understood.
pub(super) fn check(
    values: Values<'_>,
    prompt: &Prompt,
    clones: Option<&Subagents>,
    problems: &mut Problems<'_>,
) {
    let needs = [
        ("cwd", matches!(values.get("shell"), None | Some(Node::Flag(false))), "shell: true"),
        ("subagent_model", clones.is_none(), "subagents: true"),
        (
            "history_merge_target",
            values.text("history_merge_target").as_deref() == Some("child")
                && values.text("history_source").as_deref() != Some("child"),
            "history_source: child",
        ),
    ];
    for (key, is_idle, needed) in needs {
        if is_idle && values.get(key).is_some() {
            problems.warn_at_key(&KeyPath::top(key), without(needed));
        }
    }
    let params = Values::of(values.get("request_params"));
    for key in ["model", "use_history"] {
        let both = values.get(key).zip(params.get(key));
        if both.is_some_and(|(own, other)| own != other) {
            let path = KeyPath::top("request_params").key(params.written(key));
            let message = format!("has no effect: `{key}` of the card goes first");
            problems.warn_at_key(&path, no_effect(message).hint("leave it out".to_owned()));
        }
    }
    let maps = [
        ("variables", KeyPath::default(), values),
        ("template_vars", KeyPath::top("request_params"), params),
    ];
    for (key, path, values) in maps {
        check_variables(
            &path.key(values.written(key)),
            values.values(key).keys(),
            (prompt, clones),
            problems,
        );
    }
}

/// Warns of variables that nothing in a prompt stands for.
fn check_variables<'a>(
    path: &KeyPath,
    names: impl Iterator<Item = &'a String>,
    (prompt, clones): (&Prompt, Option<&Subagents>),
    problems: &mut Problems<'_>,
) {
    let for_clones = clones.and_then(|clones| clones.instruction.as_deref());
    let pieces = || std::iter::once(prompt).chain(for_clones).flat_map(|prompt| &prompt.pieces);
    // What is in a file is filled in too.
    if pieces().any(Prompt::is_file) {
        return;
    }
    let used = pieces().filter_map(|piece| match piece {
        Piece::Placeholder { placeholder: Placeholder::Named(name), .. } => Some(name.as_str()),
        _ => None,
    });
    let used: BTreeSet<&str> = used.collect();
    for name in names.filter(|name| !used.contains(name.as_str())) {
        let name = name.as_str();
        let problem = if placeholder::names().any(|known| known == name) {
            let message = format!("has no effect: `{{{{{name}}}}}` has a meaning of its own");
            no_effect(message).hint("give it another name".to_owned())
        } else {
            let message = format!("has no effect: the prompt has no `{{{{{}}}}}`", shown(name));
            no_effect(message).hint(suggestion(name, used.iter().copied()))
        };
        problems.warn_at_key(&path.key(name), problem);
    }
}

impl Card {
    /// The keys about agents it calls that have no effect, since it names none. Those that are offered
    /// to it whatever it says may still be meant.
    pub fn keys_without_agents(&self) -> Vec<Diagnostic> {
        if !self.agents.is_empty() {
            return Vec::new();
        }
        let children = &self.children;
        let of_all = self.subagents.is_none();
        let keys = [
            ("history_source", children.source != HistorySource::Nobody),
            ("history_merge_target", children.merge_target != MergeTarget::Nobody),
            ("max_parallel", of_all && children.max_parallel.is_some()),
            ("child_timeout_sec", of_all && children.timeout.is_some()),
            (
                "max_display_instances",
                of_all && children.most_shown.is_some_and(|most| most != MOST_SHOWN),
            ),
        ];
        let idle = keys.into_iter().filter(|(_, is_idle)| *is_idle).map(|(key, _)| {
            let place = self.front.place(&KeyPath::top(key), Spot::Key);
            let hint = "name them there, unless they are offered with `--card-tool`".to_owned();
            let problem = no_effect("has no effect without `agents`".to_owned()).hint(hint);
            problem.about(key).at(place).in_file(&self.path)
        });
        idle.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::card::{Origin, examine};

    /// The keys of a card that are told to have no effect.
    fn idle(front: &str, prompt: &str) -> String {
        let text = format!("---\n{front}\n---\n{prompt}\n");
        let examined = examine(Path::new("a.md"), text.as_bytes(), Origin::Local, &|_| None);
        assert_eq!(examined.errors, [], "{front}");
        let found =
            examined.warnings.into_iter().chain(examined.card.unwrap().keys_without_agents());
        let idle = found.filter(|found| found.code == "no-effect" && found.place.is_some());
        idle.filter_map(|found| found.key).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_that_do_nothing_beside_the_others_are_told() {
        for (front, prompt, keys) in [
            ("cwd: .", "Hi.", "cwd"),
            ("shell: false\ncwd: .", "Hi.", "cwd"),
            ("tools: Bash\ncwd: .", "Hi.", "cwd"),
            ("subagent_model: x", "Hi.", "subagent_model"),
            ("agents: [b]\nhistory_merge_target: child", "Hi.", "history_merge_target"),
            ("max_parallel: 2\nagents: []", "Hi.", "max_parallel"),
            ("subagents: true\nhistory_source: messages", "Hi.", "history_source"),
            ("model: a\nrequest_params: {model: b}", "Hi.", "request_params.model"),
            ("variables: {a: 1, b: 2}", "{{a}} \\{{b}}", "variables.b"),
            ("variables: {env: 1}", "{{env}}", "variables.env"),
            (
                "mcp_connect: [{target: uvx x, access_token: y}]",
                "Hi.",
                "mcp_connect[0].access_token",
            ),
            (
                "function_tools: [{entrypoint: 'a.py:f', code_arg: sql}]",
                "Hi.",
                "function_tools[0].code_arg",
            ),
        ] {
            assert_eq!(idle(front, prompt), keys, "{front}");
        }
    }

    #[test]
    fn keys_that_do_something_or_say_what_leaving_them_out_means_are_not() {
        for (front, prompt) in [
            ("shell: true\ncwd: .", "Hi."),
            ("subagents: true\nsubagent_model: x\nmax_parallel: 2\nchild_timeout_sec: 9", "Hi."),
            ("subagent_model: x", "Lead.\nfast-agent-subagents"),
            ("agents: [b]\nhistory_source: child\nhistory_merge_target: child", "Hi."),
            ("history_source: none\nhistory_merge_target: none\nmax_parallel: null", "Hi."),
            ("max_display_instances: 20", "Hi."),
            ("model: a\nrequest_params: {model: a}", "Hi."),
            ("variables: {a: 1}\nrequest_params: {template_vars: {b: 2}}", "{{a}}{{b}}"),
            ("variables: {a: 1}", "{{file_silent:more.md}}"),
            ("variables: {a: 1}", "<!-- fast-agent-subagents\n{{a}}\n-->"),
            ("mcp_connect: [{target: 'https://x.org', access_token: y}]", "Hi."),
            ("function_tools: [{entrypoint: 'a.py:f', variant: code, code_arg: sql}]", "Hi."),
        ] {
            assert_eq!(idle(front, prompt), "", "{front}");
        }
    }
}
