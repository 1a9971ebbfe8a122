//! The fields of a query or a body, and the complaints about them in the Hub's own words.
//!
//! The Hub validates with zod, ignores what it does not know, and lists every issue at once.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::answer::Refusal;

/// Fields and what was found wrong with them so far.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// Where the fields are, in complaints: nothing, or `item.`.
    prefix: String,
    fields: Map<String, Value>,
    issues: Vec<String>,
}

impl Form {
    /// The fields of a query. A name given more than once makes a list.
    pub(super) fn query(query: &str) -> Self {
        let mut fields = Map::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = Value::String(value.into_owned());
            match fields.get_mut(name.as_ref()) {
                None => {
                    fields.insert(name.into_owned(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Self { fields, ..Self::default() }
    }

    /// The fields of a JSON body.
    pub(super) fn body(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self { fields, ..Self::default() }),
            Ok(other) => Err(Refusal::invalid(format!(
                "✖ Invalid input: expected object, received {}",
                kind_of(&other)
            ))),
            Err(error) => Err(Refusal::invalid(format!("Invalid JSON body: {error}"))),
        }
    }

    /// A field's text, unchecked; the first of several.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        match self.fields.get(name)? {
            Value::Array(values) => values.first()?.as_str(),
            value => value.as_str(),
        }
    }

    /// The texts of a field that may be given more than once.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        match self.fields.get(name) {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            value => value.and_then(Value::as_str).into_iter().collect(),
        }
    }

    /// Ends the checks.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        if self.issues.is_empty() { Ok(()) } else { Err(Refusal::invalid(self.issues.join("\n"))) }
    }

    /// Adds a complaint about all of it.
    pub(super) fn reject(&mut self, message: &str) {
        self.issues.push(format!("✖ {message}"));
    }

    /// Adds a complaint about a field.
    pub(super) fn complain(&mut self, name: &str, message: &str) {
        self.issues.push(format!("✖ {message}\n  → at {}{name}", self.prefix));
    }

    /// A text of so many characters, which must be there.
    pub(super) fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> String {
        if !self.fields.contains_key(name) {
            self.complain(name, "Invalid input: expected string, received undefined");
        }
        self.optional_text(name, length).unwrap_or_default()
    }

    /// A text of so many characters, if it is there.
    pub(super) fn optional_text(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Option<String> {
        let text = match self.fields.get(name)? {
            Value::String(text) => text.clone(),
            Value::Null => return None,
            other => {
                let kind = kind_of(other);
                self.complain(name, &format!("Invalid input: expected string, received {kind}"));
                return None;
            }
        };
        let count = text.chars().count();
        let (least, most) = (length.start(), length.end());
        if count < *least {
            self.complain(
                name,
                &format!("Too small: expected string to have >={least} characters"),
            );
        } else if count > *most {
            self.complain(name, &format!("Too big: expected string to have <={most} characters"));
        }
        Some(text)
    }

    /// `true` or `false`, if it is there.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let written = self.fields.get(name)?;
        let kind = kind_of(written);
        let flag = written.as_bool();
        if flag.is_none() {
            self.complain(name, &format!("Invalid input: expected boolean, received {kind}"));
        }
        flag
    }

    /// A place in a list, if it is there.
    pub(super) fn index(&mut self, name: &str) -> Option<usize> {
        let written = self.fields.get(name)?;
        let kind = kind_of(written);
        let index = written.as_u64().and_then(|index| usize::try_from(index).ok());
        if index.is_none() {
            self.complain(name, &format!("Invalid input: expected number, received {kind}"));
        }
        index
    }

    /// The fields of an object, if it is there; complaints about those are its own.
    pub(super) fn object(&mut self, name: &str) -> Option<Self> {
        match self.fields.get(name)? {
            Value::Object(fields) => {
                let prefix = format!("{}{name}.", self.prefix);
                Some(Self { prefix, fields: fields.clone(), issues: Vec::new() })
            }
            other => {
                let kind = kind_of(other);
                self.complain(name, &format!("Invalid input: expected object, received {kind}"));
                None
            }
        }
    }

    /// One of these words, if it is there.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        self.fields.get(name)?;
        self.required_choice(name, choices)
    }

    /// One of these words, which must be there.
    pub(super) fn required_choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let written = self.fields.get(name);
        let chosen = choices
            .iter()
            .find(|(word, _)| written.is_some_and(|written| written == word))
            .map(|(_, value)| *value);
        if chosen.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let words = words.join("|");
            self.complain(name, &format!("Invalid option: expected one of {words}"));
        }
        chosen
    }

    /// A number in a query, within bounds.
    pub(super) fn number(&mut self, name: &str, bounds: RangeInclusive<i64>) -> Option<usize> {
        let Ok(number) = self.get(name)?.parse::<i64>() else {
            self.complain(name, "Invalid input: expected number, received NaN");
            return None;
        };
        let (least, most) = (bounds.start(), bounds.end());
        if number < *least {
            self.complain(name, &format!("Too small: expected number to be >={least}"));
        } else if number > *most {
            self.complain(name, &format!("Too big: expected number to be <={most}"));
        }
        usize::try_from(number).ok()
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
