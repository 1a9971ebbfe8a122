//! A question cut into words.
//!
//! It knows the vocabulary and how people mark names; what the words mean together is for the
//! patterns.

use super::vocabulary;

/// More words than any understood question has. Beyond it, nothing is understood.
const LONGEST: usize = 48;

/// A question: its words, and the free text after a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence<'a> {
    /// What stands before the colon.
    head: &'a str,
    /// Its words.
    pub(super) words: Vec<Word<'a>>,
    /// What follows the first `: `, which only writes have: the text to post, as typed.
    pub(super) text: Option<&'a str>,
}

/// One word, or two that mean one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// Without the punctuation around it.
    pub(super) text: &'a str,
    /// What it stands for, unless it was marked as a name with `@` or quotation marks.
    pub(super) concept: Option<&'static str>,
    /// Whether it may be passed over.
    pub(super) weight: Weight,
    start: usize,
    end: usize,
}

/// How much a word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It may be passed over.
    Filler,
    /// It must be understood.
    Full,
}

impl<'a> Sentence<'a> {
    /// Cuts a question into words, up to the colon if there is free text after it.
    pub(super) fn parse(question: &'a str) -> Option<Self> {
        let (head, text) = split_text(question.trim());
        Self::cut(head, text)
    }

    /// Cuts a whole question into words, colon or not.
    pub(super) fn without_text(question: &'a str) -> Option<Self> {
        Self::cut(question.trim(), None)
    }

    fn cut(head: &'a str, text: Option<&'a str>) -> Option<Self> {
        let raw = raw_words(head);
        if raw.len() > LONGEST {
            return None;
        }
        let mut words: Vec<Word<'a>> = Vec::with_capacity(raw.len());
        let mut rest = raw.as_slice();
        while let [first, following @ ..] = rest {
            let (word, left) = following
                .split_first()
                .and_then(|(second, left)| Some((first.joined(second)?, left)))
                .unwrap_or_else(|| (first.alone(), following));
            words.push(word);
            rest = left;
        }
        Some(Self { head, words, text })
    }

    /// Whether these words stand between quotation marks.
    pub(super) fn is_quoted(&self, words: &[Word<'_>]) -> bool {
        let typed = words.first().and_then(|first| self.head.get(first.start..));
        typed.and_then(|typed| typed.chars().next()).and_then(closing).is_some()
    }

    /// The head from one word to another as it was typed, without quotation marks around it.
    pub(super) fn span(&self, words: &[Word<'_>]) -> &'a str {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return "" };
        let span = self.head.get(first.start..last.end).unwrap_or_default();
        span.trim().trim_matches(is_quote)
    }
}

/// A word before it is looked up.
#[derive(Debug, Clone, Copy)]
struct Raw<'a> {
    text: &'a str,
    is_marked: bool,
    start: usize,
    end: usize,
}

impl<'a> Raw<'a> {
    fn alone(&self) -> Word<'a> {
        let lower = self.text.to_lowercase();
        let (concept, weight) = if self.is_marked {
            (None, Weight::Full)
        } else if vocabulary::is_filler(&lower) || !lower.contains(char::is_alphanumeric) {
            (vocabulary::concept(&lower), Weight::Filler)
        } else {
            (vocabulary::concept(&lower), Weight::Full)
        };
        Word { text: self.text, concept, weight, start: self.start, end: self.end }
    }

    fn joined(&self, next: &Self) -> Option<Word<'a>> {
        if self.is_marked || next.is_marked {
            return None;
        }
        let both = format!("{} {}", self.text.to_lowercase(), next.text.to_lowercase());
        let concept = vocabulary::concept(&both)?;
        let weight = if vocabulary::is_filler(concept) { Weight::Filler } else { Weight::Full };
        let (start, end) = (self.start, next.end);
        Some(Word { text: self.text, concept: Some(concept), weight, start, end })
    }
}

/// Splits at the first colon that ends a word outside quotation marks.
fn split_text(question: &str) -> (&str, Option<&str>) {
    let mut quote = None;
    let mut characters = question.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match quote {
            Some(closing) if character == closing => quote = None,
            Some(_) => {}
            None if character == ':' => {
                if characters.peek().is_none_or(|(_, next)| next.is_whitespace()) {
                    let (head, text) = question.split_at(at);
                    let text = text.trim_start_matches(':').trim();
                    return (head, (!text.is_empty()).then_some(text));
                }
            }
            None => quote = closing(character),
        }
    }
    (question, None)
}

/// Cuts at white space, keeping what is between quotation marks together.
fn raw_words(head: &str) -> Vec<Raw<'_>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = head.get(at..) {
        let start = at + (rest.len() - rest.trim_start().len());
        let Some((rest, first)) = head.get(start..).and_then(|r| Some((r, r.chars().next()?)))
        else {
            break;
        };
        let quoted = closing(first).and_then(|mark| {
            let inner = rest.get(first.len_utf8()..)?;
            let length = inner.find(mark)?;
            Some((inner.get(..length)?, first.len_utf8() + length + mark.len_utf8()))
        });
        if let Some((text, length)) = quoted {
            // Punctuation or a possessive right after the closing mark goes with the word.
            let end = start + length;
            let after = head.get(end..).unwrap_or_default();
            at = end + after.find(char::is_whitespace).unwrap_or(after.len());
            words.push(Raw { text: text.trim_start_matches('@'), is_marked: true, start, end });
        } else {
            let end = start + rest.find(char::is_whitespace).unwrap_or(rest.len());
            at = end;
            words.push(plain(rest.get(..end - start).unwrap_or_default(), start));
        }
    }
    words
}

/// A word without quotation marks that close: its punctuation and possessive come off.
fn plain(typed: &str, start: usize) -> Raw<'_> {
    let trimmed = typed
        .trim_start_matches(|c| is_quote(c) || "([*".contains(c))
        .trim_end_matches(|c| is_quote(c) || "?!.,;:)]*".contains(c));
    let base = ["'s", "’s", "'"]
        .into_iter()
        .find_map(|ending| trimmed.strip_suffix(ending))
        .unwrap_or(trimmed);
    let (text, is_marked) = base.strip_prefix('@').map_or((base, false), |name| (name, true));
    Raw { text, is_marked, start, end: start + typed.len() }
}

/// The mark that closes what this one opens.
fn closing(mark: char) -> Option<char> {
    match mark {
        '"' | '`' => Some(mark),
        '“' => Some('”'),
        _ => None,
    }
}

fn is_quote(character: char) -> bool {
    "\"'`“”‘’".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(question: &str) -> String {
        let sentence = Sentence::parse(question).expect("short enough");
        let words: Vec<String> = sentence
            .words
            .iter()
            .map(|word| match (word.concept, word.weight) {
                (Some(concept), Weight::Full) => concept.to_uppercase(),
                (Some(concept), Weight::Filler) => format!("({concept})"),
                (None, _) => word.text.to_owned(),
            })
            .collect();
        words.join(" ") + &sentence.text.map(|text| format!(" ⏎ {text}")).unwrap_or_default()
    }

    #[test]
    fn words_stand_for_concepts_and_the_rest_are_names() {
        assert_eq!(
            shown("Which orgs is @members a member of?"),
            "(which) ORGANIZATIONS (is) members (a) MEMBER (of)"
        );
        assert_eq!(
            shown("How many pull requests did “Ada-Moreau” open?"),
            "COUNT PR (did) Ada-Moreau OPEN"
        );
        assert_eq!(shown("ada-moreau's `likes`, please!"), "ada-moreau likes (please)");
        assert_eq!(shown("I would like to know"), "ME (want) (to) (know)".replace("ME", "(me)"));
    }

    #[test]
    fn free_text_follows_the_first_colon_outside_quotation_marks() {
        assert_eq!(
            shown("comment on discussion 7 of a/b:\n It's: fine"),
            "COMMENT (on) DISCUSSION 7 (of) a/b ⏎ It's: fine"
        );
        assert_eq!(
            shown("create a collection titled \"On: off\": why"),
            "CREATE (a) COLLECTION TITLED On: off ⏎ why"
        );
        assert_eq!(shown("see https://hf.co/a/b:"), "(see) https://hf.co/a/b");
    }

    #[test]
    fn a_span_is_what_was_typed() {
        let sentence = Sentence::parse("titled 'The  Of, and more' ?").expect("short enough");
        assert_eq!(sentence.span(&sentence.words[1..5]), "The  Of, and more");
        assert_eq!(sentence.span(&[]), "");
    }

    #[test]
    fn a_flood_of_words_is_not_read() {
        assert_eq!(Sentence::parse(&"the ".repeat(10_000)), None);
    }
}
