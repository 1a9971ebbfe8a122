//! Finds where in a YAML text a key or a value is.
//!
//! `serde_yaml` gives positions only in errors, so the text is read again and made to fail at the
//! node in question: that way one parser decides both what a document says and where. It does not
//! know what a document means.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::node::Key;
use super::path::{Spot, Step};

/// Makes a document fail at the end of a path, and returns the error, which says where that is;
/// `None` if the path leads nowhere.
pub(super) fn fail_at(
    document: serde_yaml::Deserializer<'_>,
    steps: &[Step],
    spot: Spot,
) -> Option<serde_yaml::Error> {
    Probe { steps, spot }.deserialize(document).err()
}

/// Fails at whatever it meets, so that the error says where that is.
struct Failing;

impl<'de> Deserialize<'de> for Failing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FailingVisitor;
        impl Visitor<'_> for FailingVisitor {
            type Value = Failing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("to fail here")
            }
        }
        deserializer.deserialize_any(FailingVisitor)
    }
}

/// Walks down a path and fails at its end; it succeeds only where the path leads nowhere.
struct Probe<'p> {
    steps: &'p [Step],
    spot: Spot,
}

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.steps.is_empty() {
            Failing::deserialize(deserializer).map(|Failing| ())
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the next step of a path")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut position = 0;
        loop {
            let found = match self.steps.split_first() {
                Some((Step::Index(index), rest)) if *index == position => {
                    entries.next_element_seed(Probe { steps: rest, spot: self.spot })?
                }
                _ => entries.next_element::<IgnoredAny>()?.map(|IgnoredAny| ()),
            };
            if found.is_none() {
                return Ok(());
            }
            position += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some((Step::Key(wanted, occurrence), rest)) = self.steps.split_first() else {
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let at_key = rest.is_empty() && self.spot == Spot::Key;
        let mut passed = 0;
        loop {
            let fail = at_key && passed == *occurrence;
            let Some(Key(key)) = entries.next_key_seed(KeyProbe { wanted, fail })? else {
                return Ok(());
            };
            if key == *wanted && passed == *occurrence {
                entries.next_value_seed(Probe { steps: rest, spot: self.spot })?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
            passed += usize::from(key == *wanted);
        }
    }
}

/// Reads a key, and fails at the wanted one if asked to.
struct KeyProbe<'p> {
    wanted: &'p str,
    fail: bool,
}

impl<'de> DeserializeSeed<'de> for KeyProbe<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for KeyProbe<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        if self.fail && key == self.wanted {
            return Err(E::custom("here"));
        }
        Ok(Key(key.to_owned()))
    }
}
