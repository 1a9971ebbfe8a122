//! What of a reply can be shown while it is still coming.
//!
//! Text that may turn out to be a call, or the format around a text, is held back until the end.

use crate::model::repair::Family;

/// What a text begins with that may be a call without its tokens.
const SUSPICIOUS: &[&str] = &["assistant", "commentary", "analysis", "to="];

/// Lets through what is certainly text.
#[derive(Debug)]
pub(in crate::model) struct Gate {
    family: Family,
    /// Bytes of the text that went through.
    shown: usize,
}

impl Gate {
    /// A gate for models of this family; only gpt-oss is watched.
    pub(in crate::model) fn new(family: Family) -> Self {
        Self { family, shown: 0 }
    }

    /// The part of the text so far that can be shown now and was not before.
    pub(in crate::model) fn pass<'t>(&mut self, text: &'t str) -> &'t str {
        let fresh = &text[self.shown..];
        let certain = match self.family {
            Family::Other => fresh,
            Family::GptOss => self.certain(text, fresh),
        };
        self.shown += certain.len();
        certain
    }

    /// The part of the finished text that was not shown.
    pub(in crate::model) fn rest<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.shown..).unwrap_or_default()
    }

    /// Whether something went through.
    pub(in crate::model) fn has_shown(&self) -> bool {
        self.shown > 0
    }

    fn certain<'t>(&self, text: &str, fresh: &'t str) -> &'t str {
        let start = text.trim_start();
        let is_like = |mark: &str| start.starts_with(mark) || mark.starts_with(start);
        if self.shown == 0 && SUSPICIOUS.iter().any(|mark| is_like(mark)) {
            return "";
        }
        match fresh.find("<|") {
            Some(token) => &fresh[..token],
            None => fresh,
        }
        // The next byte may make a token of it, or the one behind the token that follows.
        .trim_end_matches('<')
    }
}
