//! Conversations of every kind, made shorter to every size: what may never be lost.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, LazyLock};

use agentcard::conversation::{Conversation, Fit, KEPT_TURNS, compact, weigh};
use agentcard::message::{
    Arguments, AssistantMessage, Message, Reasoning, ReasoningField, ToolCall, ToolMessage,
};
use proptest::collection::vec;
use proptest::prelude::*;
use regex::Regex;
use serde_json::{Value, json};

const SYSTEM: &str = "You answer questions about the Hub. Never mind GPT-9.";

/// A question, the turns in which tools were called, and the answer, if there was one.
#[derive(Debug, Clone)]
struct Exchange {
    question: String,
    turns: Vec<Vec<String>>,
    answer: Option<String>,
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{2,9}",
        "[a-z]{3,8}-[a-z]{3,8}/[a-z]{2,6}-[0-9]{1,2}b",
        "#[0-9]{1,4}",
        "[0-9]{1,3},[0-9]{3}",
        "2025-0[1-9]-[12][0-9]",
        "https://hf\\.co/[a-z]{2,9}\\?p=[0-9]{1,2}",
        "[A-Z][a-z]{2,9}[.,!]",
        "[é表🙂]{1,4}",
    ]
}

fn text(most: usize) -> impl Strategy<Value = String> {
    vec(word(), 1..most).prop_map(|words| words.join(" "))
}

fn result() -> impl Strategy<Value = String> {
    let row = (word(), 0..5000u32, text(5));
    let rows = vec(row, 0..10).prop_map(|rows| {
        let row = |(name, number, title)| json!({"name": name, "num": number, "title": title});
        let rows: Vec<Value> = rows.into_iter().map(row).collect();
        json!({"url": "https://hub/api/x", "status": 200, "data": rows}).to_string()
    });
    prop_oneof![4 => rows, 1 => text(90)]
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let turns = vec(vec(result(), 1..3), 0..4);
    let answer = prop_oneof![9 => text(90).prop_map(Some), 1 => Just(None)];
    (text(20), turns, answer).prop_map(|(question, turns, answer)| Exchange {
        question,
        turns,
        answer,
    })
}

fn conversation(exchanges: &[Exchange]) -> Conversation {
    let mut conversation = Conversation::new(SYSTEM.to_owned());
    let mut id = 0;
    for Exchange { question, turns, answer } in exchanges {
        conversation.push_user(question.clone());
        for results in turns {
            let tool_calls = (id..).take(results.len()).map(call).collect();
            let (field, text) = (ReasoningField::Reasoning, "Let us look.".to_owned());
            conversation.push_reply(AssistantMessage {
                reasoning: Some(Reasoning { field, text, details: Vec::new() }),
                tool_calls,
                ..AssistantMessage::default()
            });
            for (id, content) in (id..).zip(results.clone()) {
                let ToolCall { id: call_id, name, .. } = call(id);
                conversation.push_result(ToolMessage { call_id, name, content });
            }
            id += results.len();
        }
        if let Some(content) = answer.clone() {
            conversation.push_reply(AssistantMessage { content, ..AssistantMessage::default() });
        }
    }
    conversation
}

fn call(id: usize) -> ToolCall {
    let Value::Object(arguments) = json!({"endpoint": format!("/users/user{id}/overview")}) else {
        unreachable!()
    };
    let (id, name) = (format!("call_{id}"), "hf_api_request".to_owned());
    ToolCall { id, name, arguments: Arguments::Object(arguments) }
}

/// What a provider would refuse, if anything.
fn problem(messages: &[Arc<Message>]) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut ids = HashSet::new();
    for (at, message) in messages.iter().enumerate() {
        match &**message {
            Message::Tool(result) => {
                if open.first() != Some(&result.call_id.as_str()) {
                    return Some(format!("{at}: a result without its call"));
                }
                open.remove(0);
            }
            _ if !open.is_empty() => return Some(format!("{at}: a call without its result")),
            Message::System { .. } if at > 0 => return Some(format!("{at}: a system prompt")),
            Message::System { .. } | Message::User { .. } => {}
            Message::Assistant(reply) => {
                let follows_answer = at > 0 && is_answer(&messages[at - 1]);
                if follows_answer {
                    return Some(format!("{at}: an answer without its question"));
                }
                open.extend(reply.tool_calls.iter().map(|call| call.id.as_str()));
                if !reply.tool_calls.iter().all(|call| ids.insert(call.id.as_str())) {
                    return Some(format!("{at}: an id that is there twice"));
                }
            }
        }
    }
    (!open.is_empty()).then(|| "a call without its result at the end".to_owned())
}

fn is_answer(message: &Message) -> bool {
    matches!(message, Message::Assistant(reply) if reply.tool_calls.is_empty())
}

fn is_question(message: &Message) -> bool {
    matches!(message, Message::User { .. })
}

fn questions_in_a_row(messages: &[Arc<Message>]) -> usize {
    messages.windows(2).filter(|pair| pair.iter().all(|message| is_question(message))).count()
}

/// Where the last turns begin.
fn kept(messages: &[Arc<Message>]) -> usize {
    let is_reply = |at: &usize| matches!(*messages[*at], Message::Assistant(_));
    (0..messages.len()).rev().filter(is_reply).take(KEPT_TURNS).last().unwrap_or(0)
}

/// The words that are plainly names and numbers, found in another way than the program does.
fn terms(text: &str) -> BTreeSet<String> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        let pattern =
            r"https?://[\w./?=-]*\w|\w[\w/-]*[-/][\w/-]*\w|\d{1,3}(,\d{3})+|\d+|\b[A-Z]\w+";
        Regex::new(pattern).unwrap()
    });
    PATTERN.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

fn said(message: &Message) -> String {
    match message {
        Message::System { content } | Message::User { content } => content.clone(),
        Message::Assistant(reply) => reply.content.clone(),
        Message::Tool(result) => result.content.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_matters_is_lost(
        exchanges in vec(exchange(), 1..7),
        share in 0..120usize,
    ) {
        let before = conversation(&exchanges);
        prop_assert_eq!(problem(before.messages()), None, "the test makes such conversations");
        let old = before.messages();
        let most = weigh(old) * share / 100;
        let compacted = compact(old, most);
        let new = &compacted.messages[..];

        prop_assert_eq!(problem(new), None);
        prop_assert!(questions_in_a_row(new) <= questions_in_a_row(old));
        prop_assert!(Arc::ptr_eq(&old[0], &new[0]), "the system prompt");
        let tail = &old[kept(old)..];
        prop_assert!(new.len() >= tail.len());
        for (old, new) in tail.iter().zip(&new[new.len() - tail.len()..]) {
            prop_assert!(Arc::ptr_eq(old, new), "the last turns");
        }
        let last = old.iter().rfind(|message| is_question(message)).unwrap();
        let last_stays = new.iter().any(|message| Arc::ptr_eq(message, last));
        prop_assert!(last_stays || kept(old) == 0, "the last question");

        let size = weigh(new);
        prop_assert!(size <= weigh(old));
        prop_assert_eq!(compacted.fit == Fit::Fits, size <= most);

        let everything: String = new.iter().map(|message| said(message) + "\n").collect();
        let is_said = |message: &&Arc<Message>| is_question(message) || is_answer(message);
        for message in old.iter().filter(is_said).chain(tail) {
            for term in terms(&said(message)) {
                prop_assert!(everything.contains(&term), "{} is lost", term);
            }
        }
    }

    #[test]
    fn the_same_conversation_becomes_the_same_and_shorter_only_once(
        exchanges in vec(exchange(), 1..5),
    ) {
        let mut conversation = conversation(&exchanges);
        let once = compact(conversation.messages(), 0).messages;
        prop_assert_eq!(&once, &compact(conversation.messages(), 0).messages);
        prop_assert!(weigh(&compact(&once, 0).messages) <= weigh(&once));
        conversation.replace_all(&once);
        prop_assert_eq!(conversation.messages(), once);
    }

    #[test]
    fn what_was_summed_up_is_summed_up_again(
        first in vec(exchange(), 2..4),
        then in vec(exchange(), 2..4),
    ) {
        let mut conversation = conversation(&first);
        let shorter = compact(conversation.messages(), 0).messages;
        conversation.replace_all(&shorter);
        for Exchange { question, answer, .. } in &then {
            conversation.push_user(question.clone());
            let content = answer.clone().unwrap_or_default();
            conversation.push_reply(AssistantMessage { content, ..AssistantMessage::default() });
        }
        let messages = compact(conversation.messages(), 0).messages;
        prop_assert_eq!(problem(&messages), None);
        let everything: String = messages.iter().map(|m| said(m) + "\n").collect();
        for Exchange { question, answer, .. } in first.iter().chain(&then) {
            for term in terms(question).iter().chain(&terms(answer.as_deref().unwrap_or_default())) {
                prop_assert!(everything.contains(term), "{} is lost", term);
            }
        }
    }
}

#[test]
fn a_digest_names_what_later_calls_and_answers_refer_to() {
    let rows: Vec<Value> =
        (1..60).map(|num| json!({"num": num, "who": format!("u{num}x")})).collect();
    let mut long = conversation(&[Exchange {
        question: "Who?".to_owned(),
        turns: vec![vec![json!({"status": 200, "data": rows}).to_string()]],
        answer: Some("u17x and `u23x`.".to_owned()),
    }]);
    for _ in 0..KEPT_TURNS {
        long.push_user("And?".to_owned());
        long.push_reply(AssistantMessage { content: "Yes.".to_owned(), ..Default::default() });
    }
    let compacted = compact(long.messages(), weigh(long.messages()) / 2);
    let Message::Tool(result) = &*compacted.messages[3] else { panic!() };
    let digest: Value = serde_json::from_str(&result.content).unwrap();
    assert_eq!(digest["still_referred_to"], json!(["u17x", "u23x"]));
    assert_eq!(digest["status"], 200);
}
