//! `agentcard policy`: the rules about writes, and which of them decides about one.
//!
//! It makes a policy of what the configuration says; what a rule means is the Hub room's business.

use std::fmt::Write as _;

use serde_json::Value;

use super::args::{ConfirmArgs, PolicyArgs, PolicyCommand};
use super::send;
use crate::config::{self, Environment, Origin, PolicyEffect, PolicyRule};
use crate::diagnostic::Diagnostic;
use crate::failure::{Exit, Failure};
use crate::policy::{Effect, Policy, Request, Rule, RuleError, class_of, danger};
use crate::tool::WriteClass;

/// Carries out a `policy` command and returns what it prints.
pub(super) fn policy(args: PolicyArgs, environment: &Environment) -> Result<String, Failure> {
    let PolicyArgs { command, rules, config } = args;
    let confirm = ConfirmArgs { yes: false, rules, config };
    let policy = of(&send::settings(&confirm, environment)?.policy)?;
    match command {
        None => Ok(list(&policy)),
        Some(PolicyCommand::Explain { request, body }) => {
            explain(&policy, &request, body.as_deref())
        }
    }
}

/// The policy a configuration describes, every rule of it checked against its examples.
pub fn of(config: &config::Policy) -> Result<Policy, Failure> {
    let mut diagnostics = Vec::new();
    let mut rules = Vec::new();
    for written in &config.rules {
        match rule(written) {
            Ok(rule) => rules.push(rule),
            Err(error) => diagnostics.push(diagnostic(written, error)),
        }
    }
    if !diagnostics.is_empty() {
        return Err(Failure::invalid(&diagnostics));
    }
    let read_only = &config.read_only;
    Ok(Policy { read_only: read_only.value.then(|| setting(&read_only.origin)), rules })
}

fn rule(written: &PolicyRule) -> Result<Rule, RuleError> {
    let effect = match written.effect {
        PolicyEffect::Allow => Effect::Allow,
        PolicyEffect::Ask => Effect::Ask,
        PolicyEffect::Deny => Effect::Deny,
    };
    let origin = written.origin.to_string();
    let rule = Rule::new(effect, &written.request, written.body.clone(), origin)?;
    rule.check(&written.matches, &written.misses)?;
    Ok(rule)
}

fn diagnostic(written: &PolicyRule, RuleError { message, hint }: RuleError) -> Diagnostic {
    let (file, place) = match &written.origin {
        Origin::File { path, place } => (path.clone(), Some(*place)),
        _ => ("command line".into(), None),
    };
    let key = match written.origin {
        Origin::Flag(flag) => flag,
        _ => "policy.rules",
    };
    Diagnostic { code: "policy", file, place, key: Some(key.to_owned()), message, hint }
}

/// `read_only` as a person finds it again.
fn setting(origin: &Origin) -> String {
    match origin {
        Origin::File { .. } => format!("`read_only` ({origin})"),
        _ => origin.to_string(),
    }
}

/// The rules, in the order in which they are tried.
pub fn list(policy: &Policy) -> String {
    let mut text = String::new();
    let mut line = |number: usize, what: &dyn std::fmt::Display| {
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{number}. {what}");
    };
    let mut number = 0;
    if let Some(origin) = &policy.read_only {
        number += 1;
        line(number, &format!("deny every write: {origin}"));
    }
    for rule in &policy.rules {
        number += 1;
        line(number, rule);
    }
    line(number + 1, &"ask on a terminal, refuse elsewhere: everything else");
    text
}

/// What becomes of a request such as `POST /models/a/b/discussions/7/comment`, and why.
pub fn explain(policy: &Policy, request: &str, body: Option<&str>) -> Result<String, Failure> {
    let wrong = |message: String| Failure::new(Exit::Usage, message);
    let mut request: Request = request.parse().map_err(wrong)?;
    if let Some(body) = body {
        let body: Value = serde_json::from_str(body)
            .map_err(|error| wrong(format!("the body is not JSON: {error}")))?;
        request = request.with_body(Some(body));
    }
    let class = match &request {
        Request::Post(post) => class_of(post).ok_or_else(|| {
            wrong(format!("no write of the Hub has the path {}", post.path))
                .hint("every `*` and `{…}` must be a real name or number here")
        })?,
        // The tool says how careful to be with a call of it, which is not known here.
        Request::Call(_) => WriteClass::Destructive,
    };
    let decision = policy.decide(&request, class);
    let mut text = format!("{}: {}\n", decision.effect, decision.because);
    if class != WriteClass::Additive && matches!(request, Request::Post(_)) {
        text.push_str("It ");
        text.push_str(danger(class));
        text.push_str(".\n");
    }
    Ok(text)
}
