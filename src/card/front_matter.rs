//! Splits a Markdown card into its YAML block and its body.
//!
//! It does not know what the YAML means. `gray_matter` does the splitting; what it would pass over
//! in silence (no opening line, no closing line, a block it trims) is settled here first.

use gray_matter::{Matter, Pod, engine::Engine};

use super::problem::{Problem, place_of};
use crate::diagnostic::Place;

const FENCE: &str = "---";

/// A card's two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split<'a> {
    /// The YAML between the fences, with `\n` line ends.
    pub(super) block: String,
    /// The line of the file on which the block begins.
    pub(super) block_line: usize,
    /// Everything after the closing fence's line, byte for byte.
    pub(super) body: &'a str,
    /// Where in the text the body begins, in bytes.
    pub(super) body_start: usize,
}

/// Splits a text that has no byte order mark.
pub(super) fn split(text: &str) -> Result<Split<'_>, Problem> {
    let opening = lines(text).find(|line| !line.text.trim().is_empty());
    let Some(opening) = opening else {
        return Err(Problem::new("the card is empty").hint(missing_hint()));
    };
    check_opening(text, opening)?;
    let rest = &text[opening.end..];
    let Some(closing) = lines(rest).find(|line| line.text.trim_end() == FENCE) else {
        return Err(Problem::new("the front matter that opens here is never closed")
            .at(place_of(text, opening.start))
            .hint("end it with a line that holds nothing but `---`".to_owned()));
    };
    let body_start = opening.end + closing.end;
    Ok(Split {
        block: block(&text[opening.start..body_start], &rest[..closing.start])?,
        block_line: place_of(text, opening.end).line,
        body: &text[body_start..],
        body_start,
    })
}

fn check_opening(text: &str, opening: Line<'_>) -> Result<(), Problem> {
    let at = place_of(text, opening.start);
    match opening.text.trim_end() {
        FENCE => Ok(()),
        "+++" => Err(Problem::new("TOML front matter (`+++`) is not supported")
            .at(at)
            .hint("write it as YAML between two `---` lines".to_owned())),
        other if other.trim_start() == FENCE => {
            let column = other.chars().count() - FENCE.len() + 1;
            Err(Problem::new("the opening `---` must stand at the start of its line")
                .at(Place { column, ..at }))
        }
        _ => Err(Problem::new("a card must begin with front matter, but this is other text")
            .at(at)
            .hint(missing_hint())),
    }
}

fn missing_hint() -> String {
    "begin the file with `---`, the YAML keys and a closing `---`; the prompt follows".to_owned()
}

/// Lets `gray_matter` cut the block out of a head that ends with the closing fence.
///
/// It trims the block at both ends. What it took off the front is put back, so that lines and
/// columns still hold, and so is the last line end, which a block scalar would miss.
fn block(head: &str, untrimmed: &str) -> Result<String, Problem> {
    let parsed = Matter::<Verbatim>::new()
        .parse::<String>(head)
        .map_err(|error| Problem::new(format!("the front matter cannot be split off: {error}")))?;
    let lead = &untrimmed[..untrimmed.len() - untrimmed.trim_start().len()];
    Ok(parsed.data.map_or_else(String::new, |block| format!("{lead}{block}\n")))
}

/// An engine for `gray_matter` that hands the block back as it is: its own YAML engine can be made
/// to exhaust memory by a file of 400 bytes, and loses positions, key order and duplicates.
struct Verbatim;

impl Engine for Verbatim {
    fn parse(content: &str) -> gray_matter::Result<Pod> {
        Ok(Pod::String(content.to_owned()))
    }
}

#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
    /// After the line end.
    end: usize,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').scan(0, |start, text| {
        let line = Line { text, start: *start, end: *start + text.len() };
        *start = line.end;
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::split;

    proptest! {
        #[test]
        fn what_was_joined_is_split_again(
            blank in "[ \t]{0,2}\n{0,2}",
            spaces in "[ \t]{0,3}\r?",
            lines in proptest::collection::vec("[ a-z:é-]{0,9}", 0..6),
            body in "(?s).{0,60}",
        ) {
            prop_assume!(lines.iter().all(|line| line.trim_end() != "---"));
            prop_assume!(blank.is_empty() || blank.ends_with('\n'));
            let block: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
            let text = format!("{blank}---{spaces}\n{block}---{spaces}\n{body}");
            let split = split(&text).unwrap();
            prop_assert_eq!(split.body, &body);
            prop_assert_eq!(&text[split.body_start..], &body);
            prop_assert_eq!(split.block.trim_end(), block.trim_end());
            prop_assert_eq!(split.block_line, blank.matches('\n').count() + 2);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(---|\\+\\+\\+|[a \t\r\n\u{a0}é:-]){0,30}") {
            drop(split(&text));
        }
    }
}
