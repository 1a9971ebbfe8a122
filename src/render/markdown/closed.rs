//! Whether every mark in a piece of a line is closed, so that nothing behind it changes its meaning.
//!
//! It follows the rules of `CommonMark` 0.31 for delimiter runs (section 6.2), code spans and links.
//! Where it is wrong, a piece is shown a little late or its marks stay visible; nothing is lost.

/// Marks that wait for their closing: `*`, `_` or `~`, and how many of them.
struct Opener {
    mark: char,
    count: usize,
}

/// Whether nothing is open at the end of this text.
pub(super) fn is_closed(text: &str) -> bool {
    if !text.contains(['*', '_', '~', '`', '[']) {
        return true;
    }
    let chars: Vec<char> = text.chars().collect();
    let mut openers = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        let after = match c {
            '\\' => Some(at + 2),
            '`' => code(&chars, at),
            '[' => link(&chars, at),
            '*' | '_' | '~' => Some(delimiters(&chars, at, &mut openers)),
            _ => Some(at + 1),
        };
        match after {
            Some(after) => at = after,
            None => return false,
        }
    }
    openers.is_empty()
}

/// The end of the code span that starts here.
fn code(chars: &[char], start: usize) -> Option<usize> {
    let length = run(chars, start);
    let mut at = start + length;
    while at < chars.len() {
        let other = run(chars, at);
        if chars[at] == '`' && other == length {
            return Some(at + length);
        }
        at += other;
    }
    None
}

/// The end of the link, or of the brackets, that start here.
fn link(chars: &[char], start: usize) -> Option<usize> {
    let close = balanced(chars, start, ('[', ']'))?;
    match chars.get(close) {
        Some('(') => balanced(chars, close, ('(', ')')),
        _ => Some(close),
    }
}

fn balanced(chars: &[char], start: usize, (open, close): (char, char)) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(&c) = chars.get(at) {
        at += 1;
        if c == '\\' {
            at += 1;
        } else if c == '`' {
            at = code(chars, at - 1)?;
        } else if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

/// Opens or closes with the run of delimiters that starts here, and returns its end.
fn delimiters(chars: &[char], start: usize, openers: &mut Vec<Opener>) -> usize {
    let mark = chars[start];
    let length = run(chars, start);
    let end = start + length;
    if mark == '~' && length != 2 {
        return end;
    }
    let before = start.checked_sub(1).map_or(' ', |index| chars[index]);
    let after = chars.get(end).copied().unwrap_or(' ');
    let is_left = flanks(before, after);
    let is_right = flanks(after, before);
    let (can_open, can_close) = match mark {
        '_' => {
            (is_left && (!is_right || is_mark(before)), is_right && (!is_left || is_mark(after)))
        }
        _ => (is_left, is_right),
    };
    let mut count = length;
    while can_close && count > 0 {
        let Some(index) = openers.iter().rposition(|opener| opener.mark == mark) else { break };
        let matched = count.min(openers[index].count);
        count -= matched;
        openers.truncate(index + 1);
        openers[index].count -= matched;
        if openers[index].count == 0 {
            openers.pop();
        }
    }
    if can_open && count > 0 {
        openers.push(Opener { mark, count });
    }
    end
}

/// Whether a run with this before it and that behind it is left-flanking; with the two exchanged,
/// whether it is right-flanking.
fn flanks(before: char, after: char) -> bool {
    !after.is_whitespace() && (!is_mark(after) || before.is_whitespace() || is_mark(before))
}

fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation() || (!c.is_alphanumeric() && !c.is_whitespace())
}

fn run(chars: &[char], start: usize) -> usize {
    chars[start..].iter().take_while(|c| **c == chars[start]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_more_is_open() {
        for text in [
            "**bold",
            "*a **b**",
            "`code",
            "``a`b` ",
            "[link",
            "[link](http://a",
            "_a_b",
            "~~a",
            "***a** b",
            "[a `]",
        ] {
            assert!(!is_closed(text), "{text}");
        }
    }

    #[test]
    fn what_does_not_is_closed() {
        for text in [
            "plain",
            "**bold**",
            "***a** b*",
            "`code`",
            "``a`b``",
            "[link](http://a(b))",
            "[1]",
            "snake_case_name",
            "2 * 3",
            r"\*a",
            "~5",
            "~~a~~",
            "a*",
            "`*`",
            "**(a)**.",
        ] {
            assert!(is_closed(text), "{text}");
        }
    }
}
