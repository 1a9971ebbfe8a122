//! Reads values out of a parsed TOML file and writes down everything that is wrong with them, each
//! with its place.
//!
//! It does not know which keys there are.

use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Origin, Sourced};
use crate::diagnostic::{Diagnostic, Place, did_you_mean};

/// A value and where in the text it stands.
pub(super) type Item<'a> = Spanned<DeValue<'a>>;

/// What is wrong with a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// A file being read.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl From<String> for Bad {
    fn from(message: String) -> Self {
        Self { message, hint: None }
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn new(path: &'a Path, text: &'a str) -> Self {
        Self { path, text, diagnostics: Vec::new() }
    }

    /// All that was wrong, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.place);
        self.diagnostics
    }

    /// The value of a key, unless something is wrong with it.
    pub(super) fn value<T>(
        &mut self,
        key: &str,
        item: &Item<'_>,
        parse: impl FnOnce(&DeValue<'_>) -> Result<T, Bad>,
    ) -> Option<T> {
        parse(item.get_ref()).map_err(|bad| self.complain(item.span().start, Some(key), bad)).ok()
    }

    /// The value of a key and where it stands.
    fn sourced<T>(
        &mut self,
        key: &str,
        item: &Item<'_>,
        parse: impl FnOnce(&DeValue<'_>) -> Result<T, Bad>,
    ) -> Option<Sourced<T>> {
        let value = self.value(key, item, parse)?;
        let place = self.place(item.span().start);
        Some(Sourced { value, origin: Origin::File { path: self.path.to_owned(), place } })
    }

    /// Puts the value of a key into its slot.
    pub(super) fn set<T>(
        &mut self,
        slot: &mut Sourced<T>,
        key: &str,
        item: &Item<'_>,
        parse: impl FnOnce(&DeValue<'_>) -> Result<T, Bad>,
    ) {
        if let Some(value) = self.sourced(key, item, parse) {
            *slot = value;
        }
    }

    /// Puts the value of a key into a slot that may be empty.
    pub(super) fn fill<T>(
        &mut self,
        slot: &mut Option<Sourced<T>>,
        key: &str,
        item: &Item<'_>,
        parse: impl FnOnce(&DeValue<'_>) -> Result<T, Bad>,
    ) {
        if let Some(value) = self.sourced(key, item, parse) {
            *slot = Some(value);
        }
    }

    /// Puts the value of a key into a slot that does not say where it came from.
    pub(super) fn put<T>(
        &mut self,
        slot: &mut Option<T>,
        key: &str,
        item: &Item<'_>,
        parse: impl FnOnce(&DeValue<'_>) -> Result<T, Bad>,
    ) {
        if let Some(value) = self.value(key, item, parse) {
            *slot = Some(value);
        }
    }

    /// The table a key holds.
    pub(super) fn table<'t, 'i>(
        &mut self,
        key: &str,
        item: &'t Item<'i>,
    ) -> Option<&'t DeTable<'i>> {
        let table = item.get_ref().as_table();
        if table.is_none() {
            self.complain(item.span().start, Some(key), mismatch("a table", item.get_ref()));
        }
        table
    }

    /// Writes down a key nobody knows. `table` is what it stands in, empty for the file itself.
    pub(super) fn unknown(
        &mut self,
        table: &str,
        key: &Spanned<DeString<'_>>,
        known: &[&'static str],
    ) {
        let name = key.get_ref();
        let hint = if ["api_key", "key", "token", "password"].contains(&name.as_ref()) {
            "keys and tokens are read from the environment only".to_owned()
        } else if let Some(meant) = did_you_mean(name, known.iter().copied()) {
            format!("did you mean `{meant}`?")
        } else {
            format!("the keys here are {}", known.join(", "))
        };
        let path = if table.is_empty() { name.to_string() } else { format!("{table}.{name}") };
        let bad = Bad { message: "there is no such key".to_owned(), hint: Some(hint) };
        self.complain(key.span().start, Some(&path), bad);
    }

    /// Writes down what is wrong at a byte of the text.
    pub(super) fn complain(&mut self, offset: usize, key: Option<&str>, bad: Bad) {
        self.diagnostics.push(Diagnostic {
            code: "config",
            file: self.path.to_owned(),
            place: Some(self.place(offset)),
            key: key.map(str::to_owned),
            message: bad.message,
            hint: bad.hint,
        });
    }

    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// Reads a length of time: `90`, in seconds, or `90s`, `5m`, `1h 30m`.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let friendly = || Duration::try_from(text.parse::<SignedDuration>().ok()?).ok();
    seconds
        .or_else(friendly)
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| format!("expected a length of time such as `90s` or `5m`, found `{text}`"))
}

pub(super) fn text(value: &DeValue<'_>) -> Result<String, Bad> {
    parsed(value, |text| Ok::<_, String>(text.to_owned()))
}

pub(super) fn duration(value: &DeValue<'_>) -> Result<Duration, Bad> {
    match value {
        DeValue::String(text) => Ok(parse_duration(text)?),
        other => Err(mismatch("a string such as \"90s\" or \"5m\"", other)),
    }
}

pub(super) fn switch(value: &DeValue<'_>) -> Result<bool, Bad> {
    value.as_bool().ok_or_else(|| mismatch("true or false", value))
}

pub(super) fn count<T: TryFrom<u64>>(value: &DeValue<'_>) -> Result<T, Bad> {
    let Some(number) = value.as_integer() else {
        return Err(mismatch("a whole number", value));
    };
    u64::from_str_radix(number.as_str(), number.radix())
        .ok()
        .filter(|count| *count > 0)
        .and_then(|count| T::try_from(count).ok())
        .ok_or_else(|| format!("expected a number from 1 on, found {number}").into())
}

/// A string, parsed further.
pub(super) fn parsed<T, E: ToString>(
    value: &DeValue<'_>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Bad> {
    match value {
        DeValue::String(text) => parse(text).map_err(|error| error.to_string().into()),
        other => Err(mismatch("a string", other)),
    }
}

pub(super) fn mismatch(expected: &str, found: &DeValue<'_>) -> Bad {
    format!("expected {expected}, found {}", article(found.type_str())).into()
}

fn article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}
