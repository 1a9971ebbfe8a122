//! A question on the screen: nothing is drawn over it.

use agentcard::event::{CallEnded, CallStatus, Event, Showing};
use agentcard::render::Render;
use agentcard::render::text::{Coloring, Look, Page, Screen, Text, Verbosity};
use serde_json::{Map, json};
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

const LOOK: Look = Look {
    verbosity: Verbosity::Normal,
    screen: Screen::Terminal,
    width: 80,
    coloring: Coloring::Off,
    page: Page::Set { width: 80, coloring: Coloring::Off },
};

fn started(id: &str, endpoint: &str) -> Event {
    let arguments = Map::from_iter([("endpoint".to_owned(), json!(endpoint))]);
    Event::CallStarted {
        id: id.to_owned(),
        name: "hub".to_owned(),
        arguments,
        code: None,
        showing: Showing::Alone,
    }
}

fn ended(id: &str) -> Event {
    Event::CallEnded(CallEnded {
        id: id.to_owned(),
        name: "hub".to_owned(),
        status: CallStatus::Ok,
        summary: "200".to_owned(),
        bytes: 2,
        elapsed: Duration::ZERO,
    })
}

fn asked() -> Event {
    let request = "POST /models/a/b/discussions".to_owned();
    Event::ApprovalAsked { request, question: "Open a discussion\n[y]es [n]o >".to_owned() }
}

#[test]
fn what_happens_meanwhile_is_shown_after_the_answer() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut text = Text::new(&mut out, &mut err, LOOK);
    text.event(started("1", "/whoami-v2"));
    text.event(started("2", "/models/a/b/discussions"));
    text.tick().expect("memory takes it");
    text.event(asked());
    text.event(ended("1"));
    text.flush().expect("memory takes it");
    assert!(!text.is_animated(), "a spinner would run over the question");
    text.event(Event::ApprovalEnded { choice: Some("yes") });
    text.event(ended("2"));
    text.end().expect("memory takes it");
    let shown = String::from_utf8(err).expect("text");
    assert_eq!(
        shown,
        "\r\x1b[2K⠋ hub(endpoint=\"/whoami-v2\") · 0 s\n\
         ⠋ hub(endpoint=\"/models/a/b/discussions\") · 0 s\r\x1b[2K\x1b[A\x1b[2K\
         ▌ Open a discussion\n▌ [y]es [n]o > \
         ✓ hub(endpoint=\"/whoami-v2\") · 200 · 0.00 s\n\
         ✓ hub(endpoint=\"/models/a/b/discussions\") · 200 · 0.00 s\n"
    );
    assert!(out.is_empty());
}

#[test]
fn a_question_that_is_broken_off_leaves_its_line() {
    let mut err = Vec::new();
    let mut text = Text::new(Vec::new(), &mut err, LOOK);
    text.event(asked());
    text.event(Event::ApprovalEnded { choice: None });
    text.end().expect("memory takes it");
    assert_eq!(String::from_utf8(err).expect("text"), "▌ Open a discussion\n▌ [y]es [n]o > \n");
}

/// One screen behind two writers.
#[derive(Clone, Default)]
struct Screenful(Rc<RefCell<Vec<u8>>>);

impl Write for Screenful {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_warning_does_not_cut_a_line_of_the_answer() {
    let screen = Screenful::default();
    let mut text = Text::new(screen.clone(), screen.clone(), LOOK);
    text.event(Event::Warning("early".to_owned()));
    text.event(Event::Text("One line, ".to_owned()));
    text.event(Event::Warning("the disk is full".to_owned()));
    text.event(Event::Text("whole.".to_owned()));
    text.end().expect("memory takes it");
    let shown = String::from_utf8(screen.0.take()).expect("text");
    assert_eq!(shown, "warning: early\nOne line, whole.\nwarning: the disk is full\n");
}
