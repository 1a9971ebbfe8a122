//! Expands the placeholders of a prompt: `{{currentDate}}`, and in time the others.
//!
//! It reads no clock and no file: what a placeholder stands for is told by whoever expands it.

use jiff::civil::Date;

/// The placeholders that are known but cannot be expanded yet.
const LATER: &[&str] = &[
    "agentCardDir",
    "agentCardPath",
    "agentInternalResources",
    "agentName",
    "agentSkills",
    "agentType",
    "agents",
    "clientDisplay",
    "env",
    "executionEnvironment",
    "homeDir",
    "hostPlatform",
    "modelName",
    "modelProvider",
    "modelReferences",
    "model_specific",
    "pythonVer",
    "serverInstructions",
    "workspaceRoot",
];

/// The same for those that carry an argument, up to it.
const LATER_WITH_ARGUMENT: &[&str] = &["file:", "file_silent:", "internal:", "url:"];

const CURRENT_DATE: &str = "{{currentDate}}";

/// A prompt with its placeholders expanded, and those that could not be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expanded {
    /// The prompt.
    pub(super) text: String,
    /// What is not supported yet.
    pub(super) unsupported: Vec<Unsupported>,
}

/// A placeholder that is known but not supported yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unsupported {
    /// With its braces.
    pub(super) placeholder: String,
    /// Where in the template it begins, in bytes.
    pub(super) start: usize,
}

/// Expands a template. `{{name}}` has to be written exactly so: `{{ name }}` and names that are not
/// known stay as they are. `\{{` and `\}}` stand for the braces themselves.
pub(super) fn expand(template: &str, today: fn() -> Date) -> Expanded {
    let mut expanded = Expanded::default();
    let mut rest = template;
    while let Some(found) = memchr::memchr2(b'{', b'\\', rest.as_bytes()) {
        let (plain, special) = rest.split_at(found);
        expanded.text.push_str(plain);
        let taken = if let Some(braces) = escaped(special) {
            expanded.text.push_str(braces);
            braces.len() + 1
        } else if special.starts_with(CURRENT_DATE) {
            expanded.text.push_str(&today().strftime("%d %B %Y").to_string());
            CURRENT_DATE.len()
        } else if let Some(placeholder) = unsupported(special) {
            let start = template.len() - special.len();
            expanded.unsupported.push(Unsupported { placeholder: placeholder.to_owned(), start });
            placeholder.len()
        } else {
            expanded.text.push_str(&special[..1]);
            1
        };
        rest = &special[taken..];
    }
    expanded.text.push_str(rest);
    expanded
}

fn escaped(text: &str) -> Option<&'static str> {
    let braces = text.strip_prefix('\\')?;
    ["{{", "}}"].into_iter().find(|pair| braces.starts_with(pair))
}

/// The placeholder a text begins with, if it is one that is known but not supported yet.
fn unsupported(text: &str) -> Option<&str> {
    // An argument ends on its own line, and within reason: a prompt full of openings must not be
    // searched to its end for each of them.
    const MOST: usize = 1024;
    let inner = text.strip_prefix("{{")?;
    if let Some(name) = LATER
        .iter()
        .find(|name| inner.strip_prefix(**name).is_some_and(|rest| rest.starts_with("}}")))
    {
        return text.get(..name.len() + 4);
    }
    LATER_WITH_ARGUMENT.iter().find(|prefix| inner.starts_with(**prefix))?;
    let window = &inner[..inner.floor_char_boundary(MOST)];
    let line = window.lines().next()?;
    let end = line.find("}}")?;
    text.get(..end + 4)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{Unsupported, expand};

    fn today() -> Date {
        date(2026, 1, 2)
    }

    fn text(template: &str) -> String {
        let expanded = expand(template, today);
        assert_eq!(expanded.unsupported, []);
        expanded.text
    }

    #[test]
    fn the_date_is_written_out() {
        assert_eq!(text("{{currentDate}}"), "02 January 2026");
        assert_eq!(
            text("{{{currentDate}}}, {{currentDate}}é"),
            "{02 January 2026}, 02 January 2026é"
        );
    }

    #[test]
    fn what_is_no_placeholder_stays_as_it_is() {
        let template =
            "{{ currentDate }} {{CurrentDate}} {{agents }} {{}} {{nope}} }} {{file:a\n}} \\{ {{";
        assert_eq!(text(template), template);
    }

    #[test]
    fn a_backslash_makes_braces_text() {
        assert_eq!(text("\\{{currentDate\\}} \\{{env}}"), "{{currentDate}} {{env}}");
        assert_eq!(text("\\\\{{nope}}"), "\\{{nope}}");
    }

    #[test]
    fn what_cannot_be_expanded_yet_is_named_with_its_place() {
        let unsupported =
            |placeholder: &str, start| Unsupported { placeholder: placeholder.to_owned(), start };
        assert_eq!(
            expand("é{{agents}}{{url:http://x/{y}}}{{file:}}", today).unsupported,
            [
                unsupported("{{agents}}", 2),
                unsupported("{{url:http://x/{y}}", 12),
                unsupported("{{file:}}", 32)
            ]
        );
    }
}
