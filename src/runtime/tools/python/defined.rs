//! Which names a Python module has at its top, as far as that shows without running it.
//!
//! It reads lines, and not all that Python may be: a name that is not there could be overlooked, one
//! that is there is not.

use std::collections::BTreeSet;

/// What makes names that no line shows.
const HIDING: [&str; 8] =
    ["import *", "globals(", "vars(", "locals(", "exec(", "setattr(", "sys.modules", "__getattr__"];

/// The names of a module.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names<'s> {
    /// Those of its functions.
    pub(super) functions: BTreeSet<&'s str>,
    /// Those of everything else.
    others: BTreeSet<&'s str>,
}

impl Names<'_> {
    /// Whether one of them is this.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.functions.contains(name) || self.others.contains(name)
    }
}

/// The names of a module; nothing if it takes running it to know them.
pub(super) fn defined(source: &str) -> Option<Names<'_>> {
    if HIDING.iter().any(|word| source.contains(word)) {
        return None;
    }
    let mut names = Names::default();
    // Whatever is indented deeper is inside a function or a class.
    let mut inside: Option<usize> = None;
    let mut in_list = false;
    for line in source.lines() {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if text.starts_with([')', ']']) && text.contains('=') {
            return None;
        }
        if in_list {
            names.others.extend(words(text));
            in_list = !text.contains(')');
        } else if inside.is_none_or(|depth| indent <= depth) {
            inside = None;
            let function = text.strip_prefix("async ").map_or(text, str::trim_start);
            if let Some(function) = function.strip_prefix("def ") {
                names.functions.extend(words(function).next());
                inside = Some(indent);
            } else if let Some(class) = text.strip_prefix("class ") {
                names.others.extend(words(class).next());
                inside = Some(indent);
            } else {
                in_list = is_import(text) && text.contains('(') && !text.contains(')');
                names.others.extend(bound(text));
            }
        } else if let Some(global) = text.strip_prefix("global ") {
            names.others.extend(words(global));
        }
    }
    Some(names)
}

fn is_import(text: &str) -> bool {
    text.starts_with("import ") || text.starts_with("from ")
}

/// The words of a statement that it may give a value to, and some more.
fn bound(text: &str) -> impl Iterator<Item = &str> {
    let binds = ["for ", "with ", "except ", "case "];
    let is_whole = is_import(text) || binds.iter().any(|word| text.contains(word));
    let end = if is_whole { text.len() } else { text.rfind('=').unwrap_or(0) };
    words(&text[..end])
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "\
\"\"\"Tools.\"\"\"
import os, json as js
from here import (
    one,
    two as second,
)
if os.name:
    def inner(): ...
else:
    inner = None
@tool
async def weather(city: str) -> str:
    '''Says
    it.'''
    def hidden(): pass
    local = 1
class Box:
    def method(self): pass
first = last = lambda: 0
typed: int = 1
total += 2; later = 3
for step in range(3): pass
with open('x') as handle: pass
";

    #[test]
    fn the_names_of_a_module_are_those_at_its_top() {
        let names = defined(MODULE).unwrap();
        for name in [
            "weather", "inner", "Box", "first", "last", "typed", "total", "later", "os", "js",
            "one", "second", "step", "handle",
        ] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["hidden", "method", "nothing"] {
            assert!(!names.contains(name), "{name}");
        }
        assert_eq!(names.functions.into_iter().collect::<Vec<_>>(), ["inner", "weather"]);
    }

    #[test]
    fn what_takes_running_it_is_not_guessed_at() {
        for source in [
            "from tools import *\n",
            "globals()['fn'] = print\n",
            "exec('def fn(): pass')\n",
            "(\n    fn,\n) = make()\n",
            "def __getattr__(name): return print\n",
        ] {
            assert_eq!(defined(source), None, "{source}");
        }
    }
}
