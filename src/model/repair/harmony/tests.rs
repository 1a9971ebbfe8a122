//! The forms in which the harmony format has leaked into text, each seen somewhere.

use serde_json::json;

use super::*;
use crate::model::repair::Family;

fn tools() -> Vec<ToolSpec> {
    let (name, description) = ("x".to_owned(), String::new());
    vec![ToolSpec { name, description, parameters: json!({}).into() }]
}

fn call(preface: &str) -> Reading {
    let call = Call::in_text("x".to_owned(), "{\"a\":1}".to_owned());
    Reading::Call { preface: preface.to_owned(), call }
}

#[test]
fn every_form_of_a_leaked_call_is_recovered() {
    for (form, text) in [
        (
            "the format's own",
            "<|channel|>commentary to=functions.x <|constrain|>json<|message|>{\"a\":1}<|call|>",
        ),
        (
            "the recipient beside the role",
            "<|start|>assistant to=functions.x<|channel|>commentary json<|message|>{\"a\":1}",
        ),
        ("on analysis", "<|channel|>analysis to=functions.x code<|message|>{\"a\":1}<|call|>"),
        ("no message token", "<|channel|>commentary to=functions.x json{\"a\":1}<|call|>"),
        ("no namespace", "<|channel|>commentary to=x<|message|>{\"a\":1}"),
        ("no tokens", "to=functions.x {\"a\":1}"),
        ("no tokens, all words", "assistantcommentary to=functions.x json {\"a\":1}"),
        (
            "behind its reasoning",
            "<|channel|>analysis<|message|>Look it up.<|end|><|start|>assistant<|channel|>\
             commentary to=functions.x<|message|>{\"a\":1}<|call|>",
        ),
        (
            "and a reply to itself",
            "<|channel|>commentary to=x<|message|>{\"a\":1}<|call|><|start|>functions.x to=assistant<|channel|>commentary<|message|>{\"b\":2}",
        ),
    ] {
        assert_eq!(read(text, Part::Content, &tools()), call(""), "{form}");
    }
    for text in [
        "Let me look.<|channel|>commentary to=functions.x<|message|>{\"a\":1}",
        "Let me look.<|start|>assistant to=functions.x<|channel|>commentary<|message|>{\"a\":1}",
        "<|channel|>commentary<|message|>Let me look.<|end|><|start|>assistant<|channel|>\
         commentary to=functions.x<|message|>{\"a\":1}",
    ] {
        assert_eq!(read(text, Part::Content, &tools()), call("Let me look."), "{text}");
    }
}

#[test]
fn a_call_without_a_declared_tool_or_an_object_is_not_guessed_at() {
    for text in [
        "<|channel|>commentary<|message|>{\"a\":1}<|end|>",
        "<|channel|>commentary to=functions.y<|message|>{\"a\":1}<|call|>",
        "<|channel|>commentary to=functions.x<|message|>{\"a\":<|call|>",
        "<|channel|>commentary to=functions.x",
        "assistantcode{\"a\":1}",
        "assistantcommentary json{\"a\":1}",
    ] {
        let expected = Reading::CallWithoutTool { text: String::new() };
        assert_eq!(read(text, Part::Content, &tools()), expected, "{text}");
    }
}

#[test]
fn text_keeps_every_word_and_loses_the_format() {
    for (text, expected) in [
        ("<|channel|>final<|message|>You are x.<|return|>", "You are x."),
        (
            "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
            "Yes.",
        ),
        ("Yes.<|end|>", "Yes."),
        // Free text behind the channel token, about one turn in 25 at temperature 1.
        ("<|channel|>Yes, it is.", "Yes, it is."),
        ("<|channel|>final Yes.", "Yes."),
        ("<|channel|>It is {\"a\":1}", "It is {\"a\":1}"),
        ("<|channel|>commentary?<|message|>Yes.", "commentary?Yes."),
        ("The token <|start|> begins a message.", "The token begins a message."),
        ("<|channel|>final<|message|>{\"a\":1}", "{\"a\":1}"),
    ] {
        assert_eq!(
            read(text, Part::Content, &tools()),
            Reading::Text(expected.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn plain_text_is_left_alone() {
    for text in [
        "",
        "Plain.",
        "{\"a\":1}",
        "assistant professors use {\"a\":1}",
        "commentary on {\"a\":1}",
        "x <| y |> z",
        "Write to=functions.x to call it.",
        // It may quote what somebody wrote on the Hub.
        "The comment says: to=functions.x {\"a\":1}",
        "The assistant said {\"a\":1}",
        "<|UPPER|> and <||>",
    ] {
        assert_eq!(read(text, Part::Content, &tools()), Reading::Plain, "{text}");
    }
}

#[test]
fn text_is_shown_while_it_comes_and_what_may_be_a_call_is_not() {
    for (family, pieces, expected) in [
        (Family::GptOss, &["You", " are", " x."][..], "You| are| x."),
        (Family::GptOss, &["as", "sist", "ed living"], "||assisted living"),
        (Family::GptOss, &["assistant", "code{"], "|"),
        (Family::GptOss, &["to", "=functions.x {"], "|"),
        (Family::GptOss, &["to", " you"], "|to you"),
        (Family::GptOss, &["Look.", "<", "|chan", "nel|>x"], "Look.|||"),
        (Family::GptOss, &["a <", " b"], "a |< b"),
        (Family::Other, &["<|chan", "nel|>x"], "<|chan|nel|>x"),
    ] {
        let (mut gate, mut text) = (Gate::new(family), String::new());
        let shown = pieces.iter().map(|piece| {
            text.push_str(piece);
            gate.pass(&text).to_owned()
        });
        assert_eq!(shown.collect::<Vec<_>>().join("|"), expected, "{pieces:?}");
    }
}
