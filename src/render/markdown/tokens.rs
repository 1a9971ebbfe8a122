//! What pulldown-cmark says of a text that has no blocks, as words in styles.
//!
//! It knows nothing of lines and of their width.

use std::mem;

use anstyle::Style;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::paint::{Mark, Paint, Span};

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Part of a word.
    Text(Span),
    /// The space between two words.
    Gap,
    /// The end of a line.
    Break,
}

/// Characters that mean something within a line.
const SPECIAL: [char; 10] = ['*', '_', '~', '`', '[', ']', '<', '&', '\\', '!'];

/// A text within which no block can start: part of a paragraph.
pub(super) fn tokens(text: &str, paint: Paint) -> Vec<Token> {
    let mut styled = Styled::new(paint, Style::new());
    if text.contains(SPECIAL) {
        // With a word before it, no text is a list, a heading or a definition.
        let guarded = format!("x {text}");
        for event in Parser::new_ext(&guarded, Options::ENABLE_STRIKETHROUGH) {
            styled.event(event);
        }
        styled.without_guard()
    } else {
        styled.text(text);
        styled.tokens
    }
}

/// Tokens in the making.
pub(super) struct Styled {
    paint: Paint,
    style: Style,
    /// The styles around, which come back.
    outer: Vec<Style>,
    /// Where the open links lead, and where their texts begin.
    links: Vec<(String, usize)>,
    tokens: Vec<Token>,
}

impl Styled {
    /// No tokens yet, and a style for all of them.
    pub(super) fn new(paint: Paint, style: Style) -> Self {
        Self { paint, style, outer: Vec::new(), links: Vec::new(), tokens: Vec::new() }
    }

    /// What has gathered.
    pub(super) fn take(&mut self) -> Vec<Token> {
        mem::take(&mut self.tokens)
    }

    fn without_guard(mut self) -> Vec<Token> {
        let guard = self.tokens.iter().take_while(|token| **token != Token::Gap).count() + 1;
        self.tokens.split_off(guard.min(self.tokens.len()))
    }

    /// Takes in one event. Those of blocks mean nothing here.
    pub(super) fn event(&mut self, event: Event<'_>) {
        match event {
            Event::InlineHtml(html) if is_line_break(&html) => self.tokens.push(Token::Break),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(code) => {
                self.open(Mark::Code);
                self.text(&code);
                self.close(Mark::Code);
            }
            Event::Start(Tag::Strong) => self.open(Mark::Strong),
            Event::End(TagEnd::Strong) => self.close(Mark::Strong),
            Event::Start(Tag::Emphasis) => self.open(Mark::Emphasis),
            Event::End(TagEnd::Emphasis) => self.close(Mark::Emphasis),
            Event::Start(Tag::Strikethrough) => self.open(Mark::Struck),
            Event::End(TagEnd::Strikethrough) => self.close(Mark::Struck),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.links.push((dest_url.into_string(), self.tokens.len()));
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.target(),
            _ => {}
        }
    }

    /// Takes in text that means nothing.
    pub(super) fn text(&mut self, text: &str) {
        for (index, part) in text.split([' ', '\t', '\n']).enumerate() {
            if index > 0 {
                self.tokens.push(Token::Gap);
            }
            if !part.is_empty() {
                self.tokens.push(Token::Text(Span::new(self.style, part)));
            }
        }
    }

    fn open(&mut self, mark: Mark) {
        self.outer.push(self.style);
        self.style = self.paint.style(self.style, mark);
        self.sign(mark);
    }

    fn close(&mut self, mark: Mark) {
        self.sign(mark);
        self.style = self.outer.pop().unwrap_or(self.style);
    }

    fn sign(&mut self, mark: Mark) {
        let sign = self.paint.sign(mark);
        if !sign.is_empty() {
            self.tokens.push(Token::Text(Span::new(self.style, sign)));
        }
    }

    /// Says where a link leads, behind its text: a target nobody sees could be any.
    fn target(&mut self) {
        let Some((url, start)) = self.links.pop() else { return };
        let text = self.tokens[start..].iter().map(|token| match token {
            Token::Text(span) => span.text.as_str(),
            Token::Gap | Token::Break => " ",
        });
        let text: String = text.collect();
        if text == url || format!("mailto:{text}") == url {
            return;
        }
        let style = self.paint.style(self.style, Mark::Target);
        if !text.is_empty() {
            self.tokens.push(Token::Gap);
        }
        self.tokens.push(Token::Text(Span::new(style, &format!("({url})"))));
    }
}

fn is_line_break(html: &str) -> bool {
    matches!(html, "<br>" | "<br/>" | "<br />")
}

#[cfg(test)]
mod tests {
    use super::super::super::text::Coloring;
    use super::*;

    fn plain(text: &str) -> String {
        let tokens = tokens(text, Paint(Coloring::Off));
        tokens
            .iter()
            .map(|token| match token {
                Token::Text(span) => span.text.as_str(),
                Token::Gap => " ",
                Token::Break => "\n",
            })
            .collect()
    }

    #[test]
    fn a_link_says_where_it_leads() {
        assert_eq!(plain("[here](http://a.example/b)"), "here (http://a.example/b)");
        assert_eq!(plain("<http://a.example>"), "http://a.example");
        assert_eq!(plain("![logo](x.png)"), "logo (x.png)");
    }

    #[test]
    fn nothing_in_the_middle_of_a_line_is_a_block() {
        assert_eq!(plain("- a"), "- a");
        assert_eq!(plain("# *a*"), "# *a*");
        assert_eq!(plain("[a]: /b"), "[a]: /b");
        assert_eq!(plain("<div> a"), "<div> a");
    }

    #[test]
    fn marks_that_are_none_stay_and_entities_are_harmless() {
        assert_eq!(plain("2*3 and **a"), "2*3 and **a");
        assert_eq!(plain("&lt;&#27;[2J&#x202e;"), "<[2J");
        assert_eq!(plain("a<br>b"), "a\nb");
    }
}
