//! Goes through a whole list once, filtering and counting, and keeps what is shown of it.
//!
//! Its memory is bounded by how many elements it will look at.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::query::{Query, scalar, text, values_at};
use super::scan::{Malformed, Visitor, Wish};
use super::slice::MOST_BYTES;

/// More elements than this are not looked at for one question.
pub(super) const MOST_ELEMENTS: u64 = 10_000;

/// What elements without the counted field are counted as.
const NONE: &str = "(none)";

/// How many field names are listed for somebody who asked for one that is not there.
const NAMES: usize = 40;

/// Filters and counts.
pub(super) struct Tally<'a> {
    query: &'a Query,
    offset: u64,
    limit: u64,
    scanned: u64,
    matched: u64,
    bytes: usize,
    items: Vec<Value>,
    counts: HashMap<String, u64>,
    /// Of the fields looked at, those that some element had.
    met: HashSet<&'a str>,
    /// The fields of the first element.
    names: Vec<String>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(query: &'a Query, offset: u64, limit: u64) -> Self {
        Self {
            query,
            offset,
            limit,
            scanned: 0,
            matched: 0,
            bytes: 0,
            items: Vec::new(),
            counts: HashMap::new(),
            met: HashSet::new(),
            names: Vec::new(),
        }
    }

    /// How many elements were looked at.
    pub(super) fn scanned(&self) -> u64 {
        self.scanned
    }

    /// How many of them fulfilled the conditions.
    pub(super) fn matched(&self) -> u64 {
        self.matched
    }

    /// A field that was asked about and that no element has, with those there are.
    pub(super) fn unknown_field(&self) -> Option<(&str, &[String])> {
        let field = self.query.looked_at().find(|field| !self.met.contains(field))?;
        (self.scanned > 0).then_some((field, self.names.as_slice()))
    }

    /// How many elements there are to show.
    pub(super) fn shown(&self) -> u64 {
        self.items.len() as u64
    }

    /// The elements to show.
    pub(super) fn into_items(self) -> Vec<Value> {
        self.items
    }

    /// The counts to show, largest first, and how many there are in all.
    pub(super) fn counts(&self) -> (Map<String, Value>, u64) {
        let mut counts: Vec<(&String, u64)> =
            self.counts.iter().map(|(value, count)| (value, *count)).collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        let distinct = counts.len() as u64;
        let skip = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let shown = counts.into_iter().skip(skip).take(take);
        (shown.map(|(value, count)| (value.clone(), Value::from(count))).collect(), distinct)
    }

    fn note_fields(&mut self, element: &Value) {
        for field in self.query.looked_at() {
            if !self.met.contains(field) && !values_at(element, field).is_empty() {
                self.met.insert(field);
            }
        }
        if self.scanned == 1 {
            self.names = names(element);
        }
    }
}

impl Visitor for Tally<'_> {
    fn begin(&mut self) -> Wish {
        if self.full() { Wish::Stop } else { Wish::Keep }
    }

    fn element(&mut self, json: &[u8]) -> Result<(), Malformed> {
        let element: Value =
            serde_json::from_slice(json).map_err(|error| Malformed::Syntax(error.to_string()))?;
        self.scanned += 1;
        self.note_fields(&element);
        if !self.query.takes(&element) {
            return Ok(());
        }
        self.matched += 1;
        if let Some(field) = &self.query.count_by {
            let values = values_at(&element, field);
            let mut keys: Vec<String> =
                values.into_iter().map(|value| text(scalar(value))).collect();
            if keys.is_empty() {
                keys.push(NONE.to_owned());
            }
            for key in keys {
                *self.counts.entry(key).or_default() += 1;
            }
        } else if self.matched > self.offset
            && self.shown() < self.limit
            && self.bytes <= MOST_BYTES
        {
            self.bytes += json.len();
            self.items.push(element);
        }
        Ok(())
    }

    fn full(&self) -> bool {
        self.scanned >= MOST_ELEMENTS
    }
}

/// The dotted names of an element's fields, without what is decoration everywhere.
pub(super) fn names(element: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect_names(element, "", &mut names);
    names
}

fn collect_names(value: &Value, above: &str, names: &mut Vec<String>) {
    let Value::Object(object) = value else { return };
    for (key, value) in object {
        if names.len() >= NAMES || matches!(key.as_str(), "_id" | "avatarUrl" | "html") {
            continue;
        }
        let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            Value::Object(_) => collect_names(value, &name, names),
            _ => names.push(name),
        }
    }
}
