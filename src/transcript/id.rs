//! What a transcript is called: the second it was begun in, and a few letters that make it unique.
//!
//! Names sort in the order in which the transcripts were begun.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Digits and letters that are not mistaken for each other.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The name of a transcript: `20261124-214304-k3xw9f`, in UTC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// A name for a transcript that is begun at this time.
    pub fn new(created: Timestamp) -> Self {
        // The standard library seeds its hashers at random, which is all that is needed here.
        let mut random = RandomState::new().hash_one(created.as_nanosecond());
        let mut name = created.strftime("%Y%m%d-%H%M%S-").to_string();
        for _ in 0..6 {
            name.push(char::from(LETTERS[(random % 32) as usize]));
            random /= 32;
        }
        Self(name)
    }

    /// The name in the stem of a file, if it is one. It can always stand in a path.
    pub(super) fn of_stem(stem: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_name = stem.starts_with(|c: char| c.is_ascii_digit()) && stem.bytes().all(fits);
        is_name.then(|| Self(stem.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The letters that make it unique.
    pub fn letters(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(_, letters)| letters)
    }

    /// Whether somebody who writes this may mean it: the start of the name or of its letters.
    pub(super) fn is_meant_by(&self, written: &str) -> bool {
        !written.is_empty() && (self.0.starts_with(written) || self.letters().starts_with(written))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_time_and_differ_within_a_second() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let (first, second) = (Id::new(at(1_700_000_000)), Id::new(at(1_700_000_000)));
        assert!(first.as_str().starts_with("20231114-221320-"), "{first}");
        assert_ne!(first, second);
        assert!(first < Id::new(at(1_700_000_001)));
        assert_eq!(Id::of_stem(first.as_str()), Some(first));
    }

    #[test]
    fn the_start_of_a_name_or_of_its_letters_means_it() {
        let id = Id::of_stem("20231114-221320-k3xw9f").unwrap();
        assert!(id.is_meant_by("20231114-22") && id.is_meant_by("k3x"));
        assert!(!id.is_meant_by("") && !id.is_meant_by("221320") && !id.is_meant_by("w9f"));
        assert_eq!(Id::of_stem("../../etc/passwd"), None);
    }
}
