//! How a sentence marks a word as the name of a tool.
//!
//! It does not know which tools there are.

/// How a word is marked as a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is in backticks.
    Backticks,
    /// The word "tool" follows, or "tools".
    Tool,
    /// The sentence says that it is a tool: "the `x` tool", "use the tool `x`", "call `get_x(…)`".
    Said,
    /// It is called with named arguments: `name_of_tool(argument=`.
    Called,
}

/// What stands before a name that a sentence says the agent does not have, or may not.
const DENIALS: &[&str] = &[
    "no ",
    "not ",
    "n't ",
    "never ",
    "without ",
    "instead of ",
    "rather than ",
    "unlike ",
    "if you have ",
    "if there is ",
];

/// What is done with tools.
const VERBS: &[&str] =
    &["use", "using", "call", "calling", "invoke", "invoking", "run", "running", "with", "via"];

/// What may stand between such a word and the word "tool".
const ARTICLES: &[&str] = &["the", "this", "your", "its"];

/// What follows the name of a part of a tool: "use the tool `x` parameter".
const PARTS: &[&str] = &[
    "argument",
    "field",
    "flag",
    "input",
    "key",
    "mode",
    "option",
    "output",
    "parameter",
    "property",
    "result",
    "value",
];

/// The words of a line that are marked as names, and where each is, in bytes. One that is marked in two
/// ways comes twice.
pub(super) fn marked(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    called(line).chain(in_backticks(line)).chain(before_tool(line))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The letters at the end of a text.
fn last_word(text: &str, is_letter: impl Fn(char) -> bool) -> &str {
    &text[text.trim_end_matches(is_letter).len()..]
}

/// The names that are called with named arguments, as tools are: `name_of_tool(argument=`.
fn called(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    line.match_indices('(').filter_map(move |(open, _)| {
        let name = last_word(&line[..open], is_letter);
        let start = open - name.len();
        let after = &line[open + 1..];
        let argument = &after[..after.find(|c| !is_letter(c))?];
        let is_call = after[argument.len()..].starts_with('=') && !argument.is_empty();
        let is_method = line[..start].ends_with('.');
        (name.contains('_') && is_call && !is_method).then_some((start, name, Mark::Called))
    })
}

/// The names in backticks, with or without arguments.
fn in_backticks(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    let mut start = 0;
    line.split('`').enumerate().filter_map(move |(index, part)| {
        let at = start;
        start += part.len() + 1;
        let end = part.find(|c| !is_letter(c)).unwrap_or(part.len());
        let is_name = end > 0 && matches!(part[end..].chars().next(), None | Some('('));
        if index % 2 == 0 || !is_name {
            return None;
        }
        let before = &line[..at - 1];
        let after = &line[(at + part.len() + 1).min(line.len())..];
        Some((at, &part[..end], mark((before, after), part, end)))
    })
}

/// How the words around a name in backticks mark it.
fn mark((before, after): (&str, &str), part: &str, end: usize) -> Mark {
    let is_called = part[end..].starts_with('(') && part[..end].contains('_') && calls(before);
    let is_said = is_one_tool(after) || names_tool(before, after) || is_called;
    if is_said && !is_denied(before, after) {
        Mark::Said
    } else if is_tool(after) {
        Mark::Tool
    } else {
        Mark::Backticks
    }
}

/// The names the word "tool" follows.
fn before_tool(line: &str) -> impl Iterator<Item = (usize, &str, Mark)> {
    line.match_indices(" tool").filter_map(|(end, _)| {
        let (name, after) = (last_word(&line[..end], is_letter), &line[end..]);
        let start = end - name.len();
        // A word that no sentence has otherwise.
        let is_said = name.contains('_') && is_one_tool(after) && !is_denied(&line[..start], after);
        let mark = if is_said { Mark::Said } else { Mark::Tool };
        (start < end && is_tool(after)).then_some((start, name, mark))
    })
}

/// Whether a text goes on with the word "tool".
fn is_tool(text: &str) -> bool {
    let rest = text.strip_prefix(" tool");
    rest.is_some_and(|rest| !rest.starts_with(|c: char| is_letter(c) && c != 's'))
}

/// Whether it goes on with that word and not with "tools", of which a name may be what they share.
fn is_one_tool(text: &str) -> bool {
    text.strip_prefix(" tool").is_some_and(|rest| !rest.starts_with(is_letter))
}

/// Whether what stands before a name, and behind it, says that a tool of this name is used: "use the
/// tool `x`", "call the tool named `x`".
fn names_tool(before: &str, after: &str) -> bool {
    let mut words = last_words(before);
    let mut word = words.next();
    if word.as_deref().is_some_and(|word| ["called", "named"].contains(&word)) {
        word = words.next();
    }
    if word.as_deref() != Some("tool") {
        return false;
    }
    word = words.next();
    if word.as_deref().is_some_and(|word| ARTICLES.contains(&word)) {
        word = words.next();
    }
    let next = after.split_whitespace().next().unwrap_or_default().to_lowercase();
    let is_part = after.starts_with(' ') && PARTS.iter().any(|part| next.starts_with(part));
    word.is_some_and(|word| VERBS.contains(&word.as_str())) && !is_part
}

/// Whether the last word is one of calling something.
fn calls(before: &str) -> bool {
    let last = last_words(before).next();
    last.is_some_and(|word| ["call", "calling", "invoke", "invoking"].contains(&word.as_str()))
}

/// The words of a text from its end, in small letters, up to the end of another sentence.
fn last_words(text: &str) -> impl Iterator<Item = String> {
    let sentence = sentence(text);
    let is_outside = |c: char| !c.is_alphanumeric();
    let words = sentence.split_whitespace().rev().map(move |word| word.trim_matches(is_outside));
    words.map(str::to_lowercase).filter(|word| !word.is_empty())
}

/// What of a text belongs to its last sentence.
fn sentence(text: &str) -> &str {
    let start =
        [". ", "! ", "? ", "; "].iter().filter_map(|end| Some(text.rfind(end)? + end.len()));
    &text[start.max().unwrap_or(0)..]
}

/// Whether a sentence says of what it names that it is not there, or may not be.
fn is_denied(before: &str, after: &str) -> bool {
    let before = format!(" {}", sentence(before).to_lowercase());
    let after = after.split(['.', ';']).next().unwrap_or_default().to_lowercase();
    let denies = |words: &&str| {
        let is_whole = !words.starts_with("n't");
        before.contains(&if is_whole { format!(" {words}") } else { (*words).to_owned() })
    };
    DENIALS.iter().any(denies) || after.contains("available")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> Vec<&str> {
        let said = marked(line).filter(|(.., mark)| *mark == Mark::Said);
        said.map(|(_, name, _)| name).collect()
    }

    #[test]
    fn a_sentence_may_say_of_a_name_that_it_is_a_tool() {
        for (line, names) in [
            ("Use the `get_weather` tool.", &["get_weather"][..]),
            ("The `search` tool finds it.", &["search"]),
            ("Ask with the get_weather tool, in time.", &["get_weather"]),
            ("If asked about rain, use the tool `forecast`.", &["forecast"]),
            ("Call the tool named `forecast` first.", &["forecast"]),
            ("Answer using your tool called `look-up`, then stop.", &["look-up"]),
            ("Then call `get_weather(city)`.", &["get_weather"]),
            ("Never guess. Call `get_weather(...)` and the `news` tool.", &["get_weather", "news"]),
            ("Élan: invoking `find_it()` is slow; via the tool `b`", &["find_it", "b"]),
        ] {
            assert_eq!(said(line), names, "{line}");
        }
    }

    #[test]
    fn everything_else_is_prose() {
        for line in [
            "Use `get_weather`, or `forecast` for tomorrow.",
            "A useful tool; the right tool: `hammer`. Tools like `jq` and `yq` are tools.",
            "The `github` tools, the `search` toolbox, a `search` tooltip.",
            "There is no `search` tool, and you do not have the `news` tool.",
            "Don't use the `search` tool. Never call `get_weather(city)`.",
            "Use the `search` tool if it is available. If you have the `news` tool, use it.",
            "Use the tool `query` parameter. The tool `result` is JSON. Each tool `name` is text.",
            "Users call `open(path)` or `model.from_text(x)`, and `get_weather(city)` is a function.",
            "Answer with `get_weather(city)` rather than the `news` tool.",
        ] {
            assert_eq!(said(line), [""; 0], "{line}");
        }
    }
}
