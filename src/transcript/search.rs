//! Finding words in transcripts: every file is read, by all processors at once.
//!
//! There is no index. Ten thousand conversations are read in a fraction of a second once the
//! operating system has them in memory, and an index would have to be kept true.

use std::fs::File;
use std::io::{self, Read as _};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::record::{Line, Record};
use super::{Id, Store};
use crate::message::{Arguments, Message};

/// How many characters are shown before and behind what was found.
const AROUND: usize = 60;

/// How many files a thread takes at once.
const SHARE: usize = 32;

/// How often the bytes stand in texts, rarest last; those that are not there are rarer still.
const FREQUENT: &[u8] = b" etaoinsrhldcumpfgwybvkxjqz-_/.\"\\0123456789";

/// A conversation in which all words were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The conversation.
    pub id: Id,
    /// Who said the first word where it was found first: `user`, `assistant`, `tool`.
    pub role: &'static str,
    /// What was said around it, on one line.
    pub excerpt: String,
}

impl Store {
    /// The conversations in which each of these words was said by the person, the model or a tool,
    /// in upper or lower case; the last begun first.
    pub fn search(&self, words: &[String]) -> io::Result<Vec<Hit>> {
        let needles: Vec<Needle> = words.iter().map(|word| Needle::new(word)).collect();
        let Some((first, rest)) = needles.split_first() else { return Ok(Vec::new()) };
        let ids = self.ids()?;
        Ok(self.scan(&ids, |id, bytes| {
            let (role, excerpt) = first.said_in(bytes)?;
            let are_all = rest.iter().all(|needle| needle.said_in(bytes).is_some());
            are_all.then(|| Hit { id: id.clone(), role, excerpt })
        }))
    }

    /// The conversation of this name, in upper or lower case; of several, the one begun last.
    pub(super) fn named(&self, name: &str, ids: &[Id]) -> Option<Id> {
        let opening = br#"{"record":"named","name":"#;
        let finder = memchr::memmem::Finder::new(opening);
        let has_it = |id: &Id, bytes: &[u8]| {
            let at = finder.find_iter(bytes).last()?;
            let line = bytes[at..].split(|byte| *byte == b'\n').next()?;
            match Line::parse(std::str::from_utf8(line).ok()?).ok()? {
                Line::Record(Record::Named { name: given }) if given.eq_ignore_ascii_case(name) => {
                    Some(id.clone())
                }
                Line::Record(_) | Line::Message(_) => None,
            }
        };
        self.scan(ids, has_it).into_iter().next()
    }

    /// Reads files and has each looked at. What is found comes in the order of the names; files
    /// that cannot be read hold nothing.
    fn scan<T: Send>(&self, ids: &[Id], look: impl Fn(&Id, &[u8]) -> Option<T> + Sync) -> Vec<T> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            let mut bytes = Vec::new();
            loop {
                let from = next.fetch_add(SHARE, Ordering::Relaxed);
                let Some(share) = ids.get(from..ids.len().min(from + SHARE)) else { return found };
                if share.is_empty() {
                    return found;
                }
                for (index, id) in (from..).zip(share) {
                    bytes.clear();
                    let file = File::open(self.path(id));
                    if file.and_then(|mut file| file.read_to_end(&mut bytes)).is_ok() {
                        found.extend(look(id, &bytes).map(|found| (index, found)));
                    }
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads.min(ids.len().div_ceil(SHARE)).max(1);
        let mut found: Vec<(usize, T)> = std::thread::scope(|scope| {
            #[expect(clippy::needless_collect, reason = "all start before one is waited for")]
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut found = work();
            // A thread that panicked has said so; what the others found counts.
            found.extend(others.into_iter().flat_map(|thread| thread.join().unwrap_or_default()));
            found
        });
        found.sort_unstable_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, found)| found).collect()
    }
}

/// A word to be found, in upper or lower case as far as it is ASCII.
struct Needle {
    plain: Finder,
    /// As it stands within a string of JSON.
    escaped: Finder,
}

impl Needle {
    fn new(word: &str) -> Self {
        let quoted = serde_json::Value::from(word).to_string();
        let escaped = quoted.get(1..quoted.len() - 1).unwrap_or_default();
        Self { plain: Finder::new(word), escaped: Finder::new(escaped) }
    }

    /// Where in a file it was said first: by whom, and what stands around it.
    fn said_in(&self, bytes: &[u8]) -> Option<(&'static str, String)> {
        let mut from = 0;
        loop {
            let at = from + self.escaped.find(&bytes[from..])?;
            let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
            let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
            // The first line is about the conversation, and a prompt is the card's.
            let is_said = start > 0 && !bytes[start..].starts_with(br#"{"role":"system""#);
            let line = std::str::from_utf8(&bytes[start..end]).ok().filter(|_| is_said);
            if let Some(Ok(Line::Message(message))) = line.map(Line::parse)
                && let Some(said) = self.said(&message)
            {
                return Some(said);
            }
            from = end;
        }
    }

    fn said(&self, message: &Message) -> Option<(&'static str, String)> {
        let in_text = |text: &str| self.plain.find(text.as_bytes()).map(|at| self.around(text, at));
        let (role, found) = match message {
            Message::System { .. } => return None,
            Message::User { content } => ("user", in_text(content)),
            Message::Tool(result) => ("tool", in_text(&result.content)),
            Message::Assistant(reply) => {
                let in_call = |arguments: &Arguments| match arguments {
                    Arguments::Object(map) => in_text(&serde_json::to_string(map).ok()?),
                    Arguments::Malformed(text) => in_text(text),
                };
                let in_calls = || reply.tool_calls.iter().find_map(|call| in_call(&call.arguments));
                ("assistant", in_text(&reply.content).or_else(in_calls))
            }
        };
        found.map(|excerpt| (role, excerpt))
    }

    /// What stands around a place, on one line.
    fn around(&self, text: &str, at: usize) -> String {
        let end = at + self.plain.needle.len();
        let before = text[..at].char_indices().rev().nth(AROUND - 1).map_or(0, |(index, _)| index);
        let after = text[end..].char_indices().nth(AROUND).map_or(text.len(), |(i, _)| end + i);
        text[before..after].split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Finds bytes, in upper or lower case as far as they are ASCII.
struct Finder {
    needle: Vec<u8>,
    /// Which byte of it is looked for first, being the rarest.
    rarest: usize,
}

impl Finder {
    fn new(needle: &str) -> Self {
        let needle = needle.to_ascii_lowercase().into_bytes();
        let rank = |byte: &u8| FREQUENT.iter().position(|frequent| frequent == byte);
        let rarest = needle.iter().map(|byte| rank(byte).unwrap_or(FREQUENT.len()));
        let rarest = rarest.enumerate().max_by_key(|(_, rank)| *rank).map_or(0, |(index, _)| index);
        Self { needle, rarest }
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        let Some(&rare) = self.needle.get(self.rarest) else { return Some(0) };
        let is_here = |at: usize| {
            let start = at.checked_sub(self.rarest)?;
            let there = bytes.get(start..start + self.needle.len())?;
            there.eq_ignore_ascii_case(&self.needle).then_some(start)
        };
        memchr::memchr2_iter(rare, rare.to_ascii_uppercase(), bytes).find_map(is_here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_word_is_found_where_it_was_said() {
        let file = concat!(
            "{\"transcript\":1,\"directory\":\"/home/kenji\"}\n",
            "{\"role\":\"system\",\"content\":\"About kenji.\"}\n",
            "{\"role\":\"user\",\"content\":\"Who\\nis\\tKenji   Watts?\"}\n",
            "{\"role\":\"tool\",\"call_id\":\"kenji\",\"name\":\"x\",\"content\":\"{\\\"b\\\":1}\"}\n",
        );
        let said = |word: &str| Needle::new(word).said_in(file.as_bytes());
        assert_eq!(said("kenji").unwrap(), ("user", "Who is Kenji Watts?".to_owned()));
        assert_eq!(said("\"b\":1").unwrap(), ("tool", "{\"b\":1}".to_owned()));
        assert_eq!(said("about"), None, "only the card says so");
        assert_eq!(said("call_id"), None, "nobody says so");
    }

    proptest! {
        #[test]
        fn finding_is_finding(text in "[abAB ]{0,40}", needle in "[abAB ]{1,4}") {
            let expected = text.to_lowercase().find(&needle.to_lowercase());
            prop_assert_eq!(Finder::new(&needle).find(text.as_bytes()), expected);
        }
    }
}
