//! Query parameters: read as they are written, mended where the meaning is plain, refused where
//! the Hub would ignore or reject them.
//!
//! It knows the kinds of parameters, not which endpoint has which.

use serde_json::{Map, Value};

use super::catalog::{Answer, List, Paging, ParamKind, Read};
use super::path::is_name;
use super::refuse;
use super::route::Refusal;

/// Parameters fit to be sent.
#[derive(Debug, Default)]
pub struct Checked {
    /// The query, decoded, in the order given.
    pub query: Vec<(String, String)>,
    /// The part of a list they ask for.
    pub window: Window,
}

/// The part of a list that was asked for, as far as it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// How many elements to pass over.
    pub offset: Option<u64>,
    /// How many to show.
    pub limit: Option<u64>,
}

/// Other words for the filters' values.
const SYNONYMS: &[(&str, &str)] = &[
    ("pr", "pull_request"),
    ("prs", "pull_request"),
    ("pull-request", "pull_request"),
    ("pull request", "pull_request"),
    ("pull_requests", "pull_request"),
    ("discussions", "discussion"),
    ("last_modified", "lastModified"),
];

/// Checks parameters against what the endpoint knows, noting every repair.
pub fn check(
    read: &Read,
    given: &Map<String, Value>,
    repaired: &mut Vec<String>,
) -> Result<Checked, Refusal> {
    let mut checked = Checked::default();
    for (name, value) in given {
        let known = read.params.iter().find(|param| param.name == name);
        let texts = texts(name, value)?;
        if known.is_none() && texts.is_empty() {
            return Err(refuse::unknown_param(read, name));
        }
        for text in texts {
            let mut one = One { name, text, repaired, window: &mut checked.window };
            let sent = match known {
                Some(param) => one.check(param.kind, page_size(read))?,
                None => one.check_unknown(read)?,
            };
            checked.query.extend(sent.map(|text| (name.clone(), text)));
        }
    }
    Ok(checked)
}

/// One parameter with one value.
struct One<'a> {
    name: &'a str,
    text: String,
    repaired: &'a mut Vec<String>,
    window: &'a mut Window,
}

impl One<'_> {
    /// The text to send, or nothing if the parameter is best left out.
    fn check(mut self, kind: ParamKind, page_size: u64) -> Result<Option<String>, Refusal> {
        match kind {
            ParamKind::OneOf(words) => self.one_of(words),
            ParamKind::Text(longest) if self.text.chars().count() > longest => {
                Err(self.refuse(&format!("takes at most {longest} characters")))
            }
            ParamKind::Text(_) | ParamKind::Texts => Ok(Some(self.text)),
            ParamKind::Name => self.name_of_somebody().map(Some),
            ParamKind::Moment => self.moment().map(Some),
            ParamKind::Boolean => Ok(Some(self.boolean()?.to_string())),
            ParamKind::Flag => Ok(self.boolean()?.then(|| "1".to_owned())),
            ParamKind::PageSize(least, most) => self.page_size(least, most).map(Some),
            ParamKind::PageNumber => self.page_number(page_size).map(|()| None),
            ParamKind::Cursor => Err(Refusal::new(
                "`cursor` is not needed: pages are followed for you. Use offset and max_results.",
            )),
        }
    }

    /// Where a list has no page size to ask for, the common words for one are what `max_results`
    /// and `offset` mean.
    fn check_unknown(&mut self, read: &Read) -> Result<Option<String>, Refusal> {
        let is_list = matches!(read.answer, Answer::List(_));
        match self.name {
            "limit" | "max_results" | "per_page" | "page_size" if is_list => {
                self.window.limit = Some(self.whole()?);
                self.note("max_results");
            }
            "offset" | "skip" if is_list => {
                self.window.offset = Some(self.whole()?);
                self.note("offset");
            }
            name => return Err(refuse::unknown_param(read, name)),
        }
        Ok(None)
    }

    fn one_of(self, words: &[&'static str]) -> Result<Option<String>, Refusal> {
        // The card writes its choices as `pr|discussion`; copied as they stand they mean any.
        let parts: Vec<&str> = self.text.split('|').map(str::trim).collect();
        if parts.len() > 1 && parts.iter().all(|part| canonical(part, words).is_some()) {
            self.repaired.push(format!("{}={} left out: it means any", self.name, self.text));
            return Ok(None);
        }
        let Some(word) = canonical(&self.text, words) else {
            let refusal = self.refuse(&format!("takes {}", words.join(", ")));
            // The Hub has these statuses and no filter for them.
            return Err(match self.text.to_ascii_lowercase().as_str() {
                word @ ("merged" | "draft") if words.contains(&"closed") => Refusal::new(format!(
                    "{refusal} Leave it out and use the argument where={{\"status\": \"{word}\"}}."
                )),
                _ => refusal,
            });
        };
        if word != self.text {
            self.repaired.push(format!("{}={} sent as {word}", self.name, self.text));
        }
        Ok(Some(word.to_owned()))
    }

    fn name_of_somebody(self) -> Result<String, Refusal> {
        let name = self.text.strip_prefix('@').unwrap_or(&self.text);
        if !is_name(name, 96) {
            return Err(self.refuse("takes one user name, without spaces"));
        }
        if name != self.text {
            self.repaired.push(format!("{}={} sent as {name}", self.name, self.text));
        }
        Ok(name.to_owned())
    }

    fn moment(self) -> Result<String, Refusal> {
        if self.text.parse::<jiff::Timestamp>().is_ok() {
            return Ok(self.text);
        }
        if self.text.parse::<jiff::civil::Date>().is_ok() {
            let moment = format!("{}T00:00:00.000Z", self.text);
            self.repaired.push(format!("{}={} sent as {moment}", self.name, self.text));
            return Ok(moment);
        }
        Err(self.refuse("takes a moment such as 2026-01-31T00:00:00Z"))
    }

    fn boolean(&mut self) -> Result<bool, Refusal> {
        let truth = match self.text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => true,
            "false" | "0" | "no" => false,
            _ => return Err(self.refuse("takes true or false")),
        };
        if self.text != truth.to_string() && self.text != u8::from(truth).to_string() {
            self.repaired.push(format!("{}={} sent as {truth}", self.name, self.text));
        }
        Ok(truth)
    }

    /// A page size also says how many elements are wanted.
    fn page_size(&mut self, least: u64, most: u64) -> Result<String, Refusal> {
        let wanted = self.whole()?;
        self.window.limit = Some(wanted);
        Ok(wanted.clamp(least, most).to_string())
    }

    fn page_number(&mut self, page_size: u64) -> Result<(), Refusal> {
        let offset = self.whole()?.saturating_mul(page_size);
        self.window.offset = Some(offset);
        if offset > 0 {
            self.repaired.push(format!("{}={} read as offset={offset}", self.name, self.text));
        }
        Ok(())
    }

    fn whole(&self) -> Result<u64, Refusal> {
        self.text.parse().map_err(|_| self.refuse("takes a whole number, 0 or more"))
    }

    fn note(&mut self, meaning: &str) {
        if self.name == meaning {
            return;
        }
        self.repaired.push(format!("{}={} read as {meaning}={}", self.name, self.text, self.text));
    }

    fn refuse(&self, rule: &str) -> Refusal {
        let written: String = self.text.chars().take(60).collect();
        Refusal::new(format!("`{}` in params {rule}; not {written:?}.", self.name))
    }
}

fn canonical(written: &str, words: &[&'static str]) -> Option<&'static str> {
    let meant = SYNONYMS
        .iter()
        .find(|(synonym, _)| synonym.eq_ignore_ascii_case(written))
        .map_or(written, |(_, word)| word);
    words.iter().copied().find(|word| word.eq_ignore_ascii_case(meant))
}

fn page_size(read: &Read) -> u64 {
    match read.answer {
        Answer::List(List { paging: Paging::Numbered(size), .. }) => size,
        _ => 1,
    }
}

/// The values of a parameter as texts: none for null and empty text, several for a list.
fn texts(name: &str, value: &Value) -> Result<Vec<String>, Refusal> {
    Ok(match value {
        Value::Null => Vec::new(),
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        Value::String(text) => vec![text.trim().to_owned()],
        Value::Bool(_) | Value::Number(_) => vec![value.to_string()],
        Value::Array(values) => {
            let mut all = Vec::new();
            for value in values {
                all.extend(texts(name, value)?);
            }
            all
        }
        Value::Object(_) => {
            return Err(Refusal::new(format!("`{name}` in params takes text, not an object.")));
        }
    })
}
