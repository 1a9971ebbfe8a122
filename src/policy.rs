//! Which writes happen without a question, which are asked about, and which never happen.
//!
//! It decides from what it is told and asks nobody. Rules come from people only: nothing a model
//! says makes one or widens one.

mod pattern;
mod request;
mod rule;
mod subject;

use std::fmt;

use serde_json::Value;

use crate::hub::catalog::{Action, Class, ENDPOINTS, Endpoint, Method};
use crate::hub::path::Captured;

pub use request::{Call, Post, Request};
pub use rule::{Rule, RuleError};
pub use subject::Subject;

/// What becomes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It happens.
    Allow,
    /// Somebody is asked.
    Ask,
    /// It does not happen.
    Deny,
}

/// The rules of a session, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// Who forbade every write, if somebody did: `--read-only`.
    pub read_only: Option<String>,
    /// The rules; the first that matches decides.
    pub rules: Vec<Rule>,
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the write.
    pub effect: Effect,
    /// The rule that decided, or that none did, in words for a person.
    pub because: String,
}

impl Policy {
    /// Decides about a write.
    ///
    /// The first rule that matches decides; where none does, somebody is asked. A rule with a `*`
    /// never lets through what cannot be undone or gives access to something: such a write is
    /// allowed by a rule that names its path word for word, or by a yes.
    pub fn decide(&self, request: &Request, class: Class) -> Decision {
        if let Some(origin) = &self.read_only {
            let because = format!("{origin} forbids every write");
            return Decision { effect: Effect::Deny, because };
        }
        let mut too_wide = None;
        for rule in self.rules.iter().filter(|rule| rule.matches(request)) {
            if rule.effect == Effect::Allow && class != Class::Additive && !rule.is_exact() {
                too_wide.get_or_insert(rule);
                continue;
            }
            return Decision { effect: rule.effect, because: format!("`{rule}` decides") };
        }
        let because = match too_wide {
            Some(rule) => format!(
                "`{rule}` would allow it, but a rule with `*` does not cover a write that {}: that \
                 is asked about, or allowed by a rule without `*`",
                danger(class)
            ),
            None => "no rule matches, and by default a write is asked about".to_owned(),
        };
        Decision { effect: Effect::Ask, because }
    }
}

/// What is wrong with a write that is not merely additive: it `…`.
pub fn danger(class: Class) -> &'static str {
    match class {
        Class::Additive => "adds something",
        Class::Destructive => "cannot be undone or takes something away",
        Class::Disclosing => "gives somebody access",
    }
}

/// The writing endpoint a path belongs to, and what its placeholders stand for.
pub fn endpoint_of(path: &str) -> Option<(&'static Endpoint, Captured)> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    writes().find_map(|endpoint| Some((endpoint, endpoint.path.match_segments(&segments)?)))
}

/// How careful to be with a write to the Hub, as far as it alone says.
pub fn class_of(post: &Post) -> Option<Class> {
    let (endpoint, _) = endpoint_of(&post.path)?;
    let empty = serde_json::Map::new();
    let body = post.body.as_ref().and_then(Value::as_object).unwrap_or(&empty);
    match &endpoint.action {
        Action::Write(write) => Some(write.kind.class(body)),
        Action::Read(_) => None,
    }
}

/// The endpoints that write.
fn writes() -> impl Iterator<Item = &'static Endpoint> {
    ENDPOINTS.iter().filter(|endpoint| endpoint.method() == Method::Post)
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Ask => "ask",
            Self::Deny => "deny",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const COMMENT: &str = "POST /models/lumen-labs/aurora-7b/discussions/7/comment";
    const HIDE: &str =
        "POST /models/lumen-labs/aurora-7b/discussions/7/comment/69050a076b82c8674826db85/hide";

    fn rule(effect: Effect, request: &str, body: &Value) -> Rule {
        Rule::new(effect, request, body.as_object().unwrap().clone(), "here").unwrap()
    }

    fn decide(rules: Vec<Rule>, request: &str) -> (Effect, String) {
        let request: Request = request.parse().unwrap();
        let Request::Post(post) = &request else { panic!("a call") };
        let class = class_of(post).unwrap();
        let decision = Policy { read_only: None, rules }.decide(&request, class);
        (decision.effect, decision.because)
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let any = "POST /models/lumen-labs/*/discussions/*/comment";
        let both = || {
            let one = "POST /models/lumen-labs/aurora-7b/discussions/*/comment";
            vec![rule(Effect::Deny, one, &json!({})), rule(Effect::Allow, any, &json!({}))]
        };
        assert_eq!(decide(both(), COMMENT).0, Effect::Deny);
        assert_eq!(decide(both(), &COMMENT.replace("7b", "13b")).0, Effect::Allow);
        assert_eq!(
            decide(both().split_off(1), COMMENT),
            (
                Effect::Allow,
                "`allow POST /models/lumen-labs/*/discussions/*/comment (here)` decides".to_owned()
            )
        );
        let other = decide(both(), &COMMENT.replace("models", "datasets"));
        assert_eq!(other.1, "no rule matches, and by default a write is asked about");
    }

    #[test]
    fn a_condition_on_the_body_must_hold() {
        let status = "POST /models/lumen-labs/*/discussions/*/status";
        let closing = vec![rule(Effect::Allow, status, &json!({"status": "closed"}))];
        let request = "POST /models/lumen-labs/aurora-7b/discussions/7/status";
        let with = |body: &str| decide(closing.clone(), &format!("{request} {body}")).0;
        assert_eq!(with(r#"{"status": "closed", "comment": "done"}"#), Effect::Allow);
        assert_eq!(with(r#"{"status": "open"}"#), Effect::Ask);
        assert_eq!(with(""), Effect::Ask);
    }

    #[test]
    fn what_cannot_be_undone_is_allowed_word_for_word_only() {
        let wide = "POST /models/lumen-labs/aurora-7b/discussions/7/comment/*/hide";
        let (effect, because) = decide(vec![rule(Effect::Allow, wide, &json!({}))], HIDE);
        assert_eq!(effect, Effect::Ask);
        assert!(because.contains("does not cover a write that cannot be undone"), "{because}");
        assert_eq!(decide(vec![rule(Effect::Allow, HIDE, &json!({}))], HIDE).0, Effect::Allow);
        let denied = vec![
            rule(Effect::Allow, wide, &json!({})),
            rule(Effect::Deny, "POST /models/*/*/discussions/*/comment/*/hide", &json!({})),
        ];
        assert_eq!(decide(denied, HIDE).0, Effect::Deny);
        let grant = "POST /models/lumen-labs/*/user-access-request/grant";
        let to = "POST /models/lumen-labs/aurora-7b/user-access-request/grant {\"user\": \"eve\"}";
        assert_eq!(decide(vec![rule(Effect::Allow, grant, &json!({}))], to).0, Effect::Ask);
    }

    #[test]
    fn another_spelling_of_a_name_escapes_no_denial_and_finds_no_permission() {
        let text = "POST /models/Lumen-Labs/*/discussions/*/comment";
        assert_eq!(decide(vec![rule(Effect::Deny, text, &json!({}))], COMMENT).0, Effect::Deny);
        assert_eq!(decide(vec![rule(Effect::Allow, text, &json!({}))], COMMENT).0, Effect::Ask);
    }

    #[test]
    fn read_only_comes_before_every_rule() {
        let policy = Policy {
            read_only: Some("--read-only".to_owned()),
            rules: vec![rule(Effect::Allow, COMMENT, &json!({}))],
        };
        let decision = policy.decide(&COMMENT.parse().unwrap(), Class::Additive);
        assert_eq!(decision.effect, Effect::Deny);
        assert_eq!(decision.because, "--read-only forbids every write");
    }

    #[test]
    fn always_holds_for_the_endpoint_and_the_repo() {
        let always = |text: &str| {
            Rule::always(&text.parse().unwrap(), Class::Additive).map(|rule| rule.to_string())
        };
        assert_eq!(
            always(COMMENT).unwrap(),
            "allow POST /models/lumen-labs/aurora-7b/discussions/*/comment (always)"
        );
        assert_eq!(
            always(r#"POST /collections {"title": "x", "namespace": "ada"}"#).unwrap(),
            r#"allow POST /collections {"namespace":"ada"} (always)"#
        );
        assert_eq!(
            always("POST /collections/ada/reading-69050a07f07cd7ad625a4e11/items").unwrap(),
            "allow POST /collections/ada/reading-69050a07f07cd7ad625a4e11/items (always)"
        );
        assert_eq!(always("POST /collections"), None);
        assert_eq!(always("POST /nowhere"), None);
    }

    #[test]
    fn calls_of_other_tools_are_named_with_or_without_what_they_do() {
        let call = |text: &str| text.parse::<Request>().unwrap();
        let decide = |effect: Effect, about: &str, text: &str| {
            let rules = vec![rule(effect, about, &json!({}))];
            Policy { read_only: None, rules }.decide(&call(text), Class::Destructive).effect
        };
        assert_eq!(decide(Effect::Allow, "bash", "bash cargo test"), Effect::Allow);
        assert_eq!(decide(Effect::Allow, "bash cargo test", "bash cargo test"), Effect::Allow);
        assert_eq!(decide(Effect::Allow, "bash cargo test", "bash cargo test; rm x"), Effect::Ask);
        assert_eq!(decide(Effect::Allow, "bash cargo", "bash cargo test"), Effect::Ask);
        assert_eq!(decide(Effect::Deny, "notes__add", "notes__add"), Effect::Deny);
        assert_eq!(decide(Effect::Allow, "notes__add", "notes__remove"), Effect::Ask);
        let hub = "POST /collections";
        assert_eq!(decide(Effect::Allow, "notes__add", hub), Effect::Ask);
        assert_eq!(decide(Effect::Allow, hub, "notes__add"), Effect::Ask);

        let always = |text: &str, class| Rule::always(&call(text), class).map(|it| it.to_string());
        let command = always("bash cargo test", Class::Destructive);
        assert_eq!(command.as_deref(), Some("allow bash cargo test (always)"));
        let tool = always("notes__add", Class::Additive);
        assert_eq!(tool.as_deref(), Some("allow notes__add (always)"));
        assert_eq!(always("notes__remove", Class::Destructive), None);
    }

    #[test]
    fn examples_are_checked() {
        let rule =
            rule(Effect::Allow, "POST /models/a/*/discussions", &json!({"pullRequest": true}));
        let check = |matches: &str, misses: &str| {
            let list = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
            rule.check(&list(matches), &list(misses)).map_err(|error| error.to_string())
        };
        let pull = r#"POST /models/a/b/discussions {"pullRequest": true}"#;
        assert_eq!(check(pull, "POST /models/a/b/discussions"), Ok(()));
        assert_eq!(
            check("POST /models/a/b/discussions", ""),
            Err("the rule does not match its example `POST /models/a/b/discussions`".to_owned())
        );
        assert_eq!(check("", pull), Err(format!("the rule matches its example `{pull}`")));
        assert!(check("PUT /models", "").unwrap_err().contains("cannot be read"));
    }
}
