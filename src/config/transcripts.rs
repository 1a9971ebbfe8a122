//! How long transcripts are kept.
//!
//! It removes none.

use std::str::FromStr;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};
use toml::de::{DeTable, DeValue};

use super::Sourced;
use super::file::Trust;
use super::reader::{Bad, Reader, parsed};

/// How long transcripts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Not at all: none is written.
    Nothing,
    /// This long after they were last written to.
    For(Duration),
    /// Until somebody removes them.
    Forever,
}

impl Keep {
    /// 30 days.
    pub(super) const DEFAULT: Self = Self::For(Duration::from_hours(30 * 24));
}

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "nothing" => return Ok(Self::Nothing),
            "forever" => return Ok(Self::Forever),
            _ => {}
        }
        text.parse::<Span>()
            .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok())
            .filter(|duration| !duration.is_zero())
            .map(Self::For)
            .ok_or_else(|| {
                format!(
                    "expected a length of time such as `30d`, or forever, or nothing, found `{text}`"
                )
            })
    }
}

/// Reads the table of a file. What lies in a project's directory may not have transcripts removed.
pub(super) fn read(
    keep: &mut Sourced<Keep>,
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    trust: Trust,
) {
    for (key, item) in table {
        let path = format!("transcripts.{}", key.get_ref());
        match key.get_ref().as_ref() {
            "keep" => reader.set(keep, &path, item, |value| keep_of(value, trust)),
            _ => reader.unknown("transcripts", key, &["keep"]),
        }
    }
}

fn keep_of(value: &DeValue<'_>, trust: Trust) -> Result<Keep, Bad> {
    match (parsed(value, str::parse)?, trust) {
        (Keep::For(_) | Keep::Forever, Trust::Project) => Err(Bad {
            message: "a project's file may only say `nothing` here".to_owned(),
            hint: Some("set it in your own config.toml".to_owned()),
        }),
        (keep, _) => Ok(keep),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_time_or_a_word() {
        let days = |days: u64| Ok(Keep::For(Duration::from_hours(days * 24)));
        assert_eq!("30d".parse::<Keep>(), days(30));
        assert_eq!("2w 1d".parse::<Keep>(), days(15));
        assert_eq!("forever".parse::<Keep>(), Ok(Keep::Forever));
        assert_eq!("nothing".parse::<Keep>(), Ok(Keep::Nothing));
        for wrong in ["", "30", "0d", "-1d", "1 month", "never"] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
    }
}
