//! What a tool call came to: the Hub's data, the Hub's error, or no answer of the Hub's at all.
//!
//! It owns the form of a tool result, `{"url","status","data","page"}`, in which a long list may be a
//! table; what the data mean is for others.

mod table;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A tool result, read.
pub(super) type Outcome = Result<Box<Answered>, Failure>;

/// The Hub's answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answered {
    pub(super) data: Value,
    page: Option<Page>,
    /// What the tool says beside the data.
    pub(super) note: Option<String>,
}

/// Why there is no answer. What the tool advises a model to do is no part of it: the planner's
/// answers are for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The Hub answered with an error.
    Hub { status: u64, error: String },
    /// The Hub did not answer, so that of a write nobody knows whether it happened.
    Unanswered(String),
    /// Nothing was sent: the tool refused, a write was not approved, or it was a dry run.
    Unsent(String),
}

impl Failure {
    /// Whether the Hub says that there is no such thing.
    pub(super) fn is_not_found(&self) -> bool {
        matches!(self, Self::Hub { status: 404, .. })
    }
}

/// Which part of a list was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Page {
    #[serde(default)]
    total: Option<u64>,
    #[serde(default)]
    complete: bool,
    #[serde(default)]
    next_offset: Option<u64>,
}

/// A list, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<'k> {
    pub(super) items: Vec<&'k Value>,
    pub(super) extent: Extent,
}

/// How often each value of a field occurs in a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Counts {
    /// Value and number; of very many values, the most frequent.
    pub(super) each: Vec<(String, u64)>,
    /// How many elements were counted.
    pub(super) counted: u64,
    /// How many values there are, if the list was read to its end.
    pub(super) distinct: Option<u64>,
}

/// How much of a list there is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// A part; the size of the whole is known only where the Hub says it.
    Part { total: Option<u64> },
    /// The result does not say.
    Unsaid,
}

impl List<'_> {
    /// The same, with a size of the whole learned elsewhere.
    pub(super) fn or_total(mut self, elsewhere: Option<u64>) -> Self {
        if let Extent::Part { total } = &mut self.extent {
            *total = total.or(elsewhere);
        }
        self
    }
}

/// What the tool set writes before the text of a call that came to nothing.
const REFUSED: &str = "Error: ";

/// Reads what the tool wrote.
pub(super) fn read(content: &str) -> Outcome {
    let content = content.trim();
    let (written, refused) = match content.strip_prefix(REFUSED) {
        Some(written) => (written, true),
        None => (content, false),
    };
    let unsent = || Failure::Unsent(first_sentence(written).to_owned());
    let mut result: Map<String, Value> = serde_json::from_str(written).map_err(|_| unsent())?;
    let status = result.get("status").and_then(Value::as_u64);
    let mut take = |key: &str| result.get_mut(key).map(Value::take);
    let text = |value| if let Some(Value::String(text)) = value { Some(text) } else { None };
    let (data, error) = (take("data"), text(take("error")));
    match (data, error, status) {
        (Some(data), None, None | Some(200..300)) => Ok(Box::new(Answered {
            data: table::unfold(data),
            page: take("page").and_then(|page| serde_json::from_value(page).ok()),
            note: text(take("note")),
        })),
        (_, Some(error), _) if refused => Err(Failure::Unsent(error)),
        (_, error, Some(status)) => Err(Failure::Hub { status, error: error.unwrap_or_default() }),
        (_, Some(error), None) => Err(Failure::Unanswered(error)),
        (None, None, None) => Err(unsent()),
    }
}

/// The reason for a refusal; what a model is to do instead comes after it.
fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| text.get(..=end).unwrap_or(text))
}

impl Answered {
    /// The list that the data are.
    pub(super) fn list(&self) -> Result<List<'_>, Failure> {
        self.read_list(&self.data)
    }

    /// The list that the data hold under a key.
    pub(super) fn list_under(&self, key: &str) -> Result<List<'_>, Failure> {
        self.read_list(&self.data[key])
    }

    /// What is no list is not taken for an empty one.
    fn read_list<'k>(&self, value: &'k Value) -> Result<List<'k>, Failure> {
        let Value::Array(items) = value else {
            return Err(Failure::Unsent("the result holds no list where one belongs".to_owned()));
        };
        let extent = match self.page {
            Some(Page { complete: true, .. }) => Extent::Whole,
            Some(Page { total, .. }) => Extent::Part { total },
            None => Extent::Unsaid,
        };
        Ok(List { items: items.iter().collect(), extent })
    }

    /// Where the next part begins, if there is one.
    pub(super) fn next_offset(&self) -> Option<u64> {
        self.page.filter(|page| !page.complete)?.next_offset
    }

    /// The counts, where they were asked for.
    pub(super) fn counts(&self) -> Option<Counts> {
        let each = self.data["counts"].as_object()?;
        Some(Counts {
            each: each
                .iter()
                .map(|(value, n)| Some((value.clone(), n.as_u64()?)))
                .collect::<Option<_>>()?,
            counted: self.data["counted"].as_u64()?,
            distinct: self.page.and_then(|page| page.total),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_data_an_error_or_no_answer() {
        let answered = read(
            r#"{"url":"u","status":200,"data":{"discussions":[1,2],"count":9},
               "page":{"shown":2,"offset":0,"total":9,"complete":false,"next_offset":2}}"#,
        )
        .unwrap();
        let list = answered.list_under("discussions").unwrap();
        assert_eq!(list.items, [1, 2]);
        assert_eq!(list.extent, Extent::Part { total: Some(9) });
        assert!(answered.list().is_err() && answered.list_under("events").is_err());
        assert_eq!(answered.next_offset(), Some(2));

        assert_eq!(
            read(r#"{"url":"u","status":404,"error":"User not found","hint":"h"}"#),
            Err(Failure::Hub { status: 404, error: "User not found".to_owned() })
        );
        assert_eq!(
            read(r#"{"url":"u","error":"no answer in 30 s"}"#),
            Err(Failure::Unanswered("no answer in 30 s".to_owned()))
        );
        assert_eq!(
            read(r#"{"url":"u","status":200,"error":"no JSON"}"#),
            Err(Failure::Hub { status: 200, error: "no JSON".to_owned() })
        );
        assert_eq!(
            read(r#"Error: {"url":"u","error":"offline","hint":"Go online."}"#),
            Err(Failure::Unsent("offline".to_owned()))
        );
        assert_eq!(
            read("Error: Not sent: you said no. Do not try it again."),
            Err(Failure::Unsent("Not sent: you said no.".to_owned()))
        );
        // Of a write whose answer was lost, the tool may have found out that it happened.
        let found = read(r#"{"url":"u","data":{},"note":"It happened."}"#).unwrap();
        assert_eq!(found.note.as_deref(), Some("It happened."));
        for content in ["not sent (dry run)\n", "[1]", "{}"] {
            assert_eq!(read(content), Err(Failure::Unsent(content.trim().to_owned())));
        }
    }

    #[test]
    fn a_list_without_a_word_about_its_extent_is_not_taken_for_whole() {
        assert_eq!(
            read(r#"{"status":200,"data":[1]}"#).unwrap().list().unwrap().extent,
            Extent::Unsaid
        );
    }
}
