//! What goes wrong on request, and how that is written: `429=2,slow=200ms,html`.
//!
//! A fault is a name, or a name and a value. Faults of single answers take a count: so many answers
//! have it; without one every answer has it. Each answer has one of them, the first that is not
//! used up, so `429=2,503` is two 429 and then nothing but 503. It knows no HTTP.

use std::str::FromStr;
use std::time::Duration;

use crate::suggest::did_you_mean;

/// The faults of an emulator; by default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// What happens to answers, and how often.
    pub answers: Vec<(AnswerFault, Times)>,
    /// What is wrong with the world.
    pub world: Vec<WorldFault>,
    /// How long every answer takes.
    pub delay: Duration,
}

/// Something that happens to an answer. Those down to `RedirectAway` keep the request from being
/// carried out; after the others it has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerFault {
    /// `429`: the quota is used up, and back in a second.
    Quota,
    /// `429-action`: a limit on one kind of action, with `Retry-After` and quota left.
    Action,
    /// `503`: the Hub is down.
    Unavailable,
    /// `html`: a page for people under status 200.
    Html,
    /// `error-200`: an error object under status 200.
    ErrorUnderOk,
    /// `redirect=ORIGIN`: the same path, but there.
    RedirectAway(String),
    /// `link=ORIGIN`: the next page, but there.
    LinkAway(String),
    /// `link-loop`: the next page is this one.
    LinkLoop,
    /// `reset`: the connection ends in the middle of the body.
    Reset,
    /// `truncated`: half of the body, as if it were whole.
    Truncated,
    /// `not-utf8`: bytes in the body that are no text.
    NotUtf8,
}

/// Something that is wrong with the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorldFault {
    /// `hostile`: comments and profiles speak to the model and to the terminal.
    Hostile,
    /// `no-author`: whoever opened or said something has deleted their account.
    NoAuthor,
}

/// How often a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// In the next so many answers.
    Next(u32),
    /// In every answer.
    Always,
}

/// Why faults cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(String);

/// The faults that take a count.
const COUNTED: &[(&str, AnswerFault)] = &[
    ("429", AnswerFault::Quota),
    ("429-action", AnswerFault::Action),
    ("503", AnswerFault::Unavailable),
    ("html", AnswerFault::Html),
    ("error-200", AnswerFault::ErrorUnderOk),
    ("link-loop", AnswerFault::LinkLoop),
    ("reset", AnswerFault::Reset),
    ("truncated", AnswerFault::Truncated),
    ("not-utf8", AnswerFault::NotUtf8),
];

/// The faults that do not.
const OTHERS: &[&str] = &["redirect", "link", "slow", "hostile", "no-author"];

impl Faults {
    /// The fault of the next answer, which it uses up.
    pub fn take(&mut self) -> Option<AnswerFault> {
        let (fault, times) = self.answers.iter_mut().find(|(_, times)| *times != Times::Next(0))?;
        if let Times::Next(left) = times {
            *left -= 1;
        }
        Some(fault.clone())
    }

    fn add(&mut self, written: &str) -> Result<(), FaultError> {
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (written.trim(), None),
        };
        match name {
            "redirect" => {
                let fault = AnswerFault::RedirectAway(origin(name, value)?);
                self.answers.push((fault, Times::Always));
            }
            "link" => {
                let fault = AnswerFault::LinkAway(origin(name, value)?);
                self.answers.push((fault, Times::Always));
            }
            "slow" => self.delay = duration(name, value)?,
            "hostile" => self.world.push(plain(name, value, WorldFault::Hostile)?),
            "no-author" => self.world.push(plain(name, value, WorldFault::NoAuthor)?),
            _ => {
                let known = COUNTED.iter().find(|(known, _)| *known == name);
                let (_, fault) = known.ok_or_else(|| unknown(name))?;
                self.answers.push((fault.clone(), times(name, value)?));
            }
        }
        Ok(())
    }
}

impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut faults = Self::default();
        for written in text.split(',').filter(|written| !written.trim().is_empty()) {
            faults.add(written)?;
        }
        Ok(faults)
    }
}

fn times(name: &str, value: Option<&str>) -> Result<Times, FaultError> {
    let Some(value) = value else { return Ok(Times::Always) };
    value.parse().map(Times::Next).map_err(|_| {
        FaultError(format!("`{name}` takes the number of answers that have it, not {value:?}"))
    })
}

fn plain(name: &str, value: Option<&str>, fault: WorldFault) -> Result<WorldFault, FaultError> {
    match value {
        None => Ok(fault),
        Some(value) => Err(FaultError(format!("`{name}` takes no value, so not {value:?}"))),
    }
}

fn duration(name: &str, value: Option<&str>) -> Result<Duration, FaultError> {
    let value = value.unwrap_or_default();
    let read = |number: &str, unit: Duration| Some(unit * number.parse::<u32>().ok()?);
    let duration = match value.strip_suffix("ms") {
        Some(number) => read(number, Duration::from_millis(1)),
        None => value.strip_suffix('s').and_then(|number| read(number, Duration::from_secs(1))),
    };
    duration.ok_or_else(|| {
        FaultError(format!("`{name}` takes a time like `200ms` or `2s`, not {value:?}"))
    })
}

fn origin(name: &str, value: Option<&str>) -> Result<String, FaultError> {
    let value = value.unwrap_or_default();
    let origin = url::Url::parse(value).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    origin.map(|origin| origin.ascii_serialization()).ok_or_else(|| {
        FaultError(format!("`{name}` takes a server like `http://127.0.0.1:9000`, not {value:?}"))
    })
}

fn unknown(name: &str) -> FaultError {
    let names = || COUNTED.iter().map(|(name, _)| *name).chain(OTHERS.iter().copied());
    let meant = match did_you_mean(name, names()) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None => format!("; there are {}", names().collect::<Vec<_>>().join(", ")),
    };
    FaultError(format!("no fault is called {name:?}{meant}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{AnswerFault, Faults, Times, WorldFault};

    #[test]
    fn faults_are_written_as_a_list() {
        let faults: Faults = "429=2, slow=200ms,hostile,html".parse().unwrap();
        let expected = Faults {
            answers: vec![(AnswerFault::Quota, Times::Next(2)), (AnswerFault::Html, Times::Always)],
            world: vec![WorldFault::Hostile],
            delay: Duration::from_millis(200),
        };
        assert_eq!(faults, expected);
        let faults: Faults = "redirect=http://127.0.0.1:9000/x".parse().unwrap();
        let away = AnswerFault::RedirectAway("http://127.0.0.1:9000".to_owned());
        assert_eq!(faults.answers, [(away, Times::Always)]);
    }

    #[test]
    fn an_answer_has_the_first_fault_that_is_not_used_up() {
        let mut faults: Faults = "429=1,503=2".parse().unwrap();
        let taken: Vec<_> = (0..4).map(|_| faults.take()).collect();
        let down = Some(AnswerFault::Unavailable);
        assert_eq!(taken, [Some(AnswerFault::Quota), down.clone(), down, None]);
    }

    #[test]
    fn what_cannot_be_read_is_explained() {
        let complaint = |text: &str| text.parse::<Faults>().unwrap_err().to_string();
        let complaints =
            ["429=often", "slow", "slow=5m", "hostile=2", "link=evil", "truncate", "teapot"]
                .map(complaint)
                .join("\n");
        insta::assert_snapshot!(complaints, @r#"
        `429` takes the number of answers that have it, not "often"
        `slow` takes a time like `200ms` or `2s`, not ""
        `slow` takes a time like `200ms` or `2s`, not "5m"
        `hostile` takes no value, so not "2"
        `link` takes a server like `http://127.0.0.1:9000`, not "evil"
        no fault is called "truncate"; did you mean `truncated`?
        no fault is called "teapot"; there are 429, 429-action, 503, html, error-200, link-loop, reset, truncated, not-utf8, redirect, link, slow, hostile, no-author
        "#);
    }
}
