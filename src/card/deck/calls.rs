//! Who calls whom among cards: who can be reached, who calls in a circle, and who too deep.
//!
//! It does not know what a call is for.

use std::collections::HashMap;
use std::ops::Range;

use crate::card::{Card, HistorySource, KeyPath, Kind};
use crate::diagnostic::Diagnostic;

/// How many agents may stand in a row, each called by the one before it.
const DEEPEST: usize = 8;

/// Cards and whom each of them calls.
#[derive(Clone)]
pub(super) struct Calls<'a> {
    /// The cards.
    pub(super) cards: &'a [Card],
    /// Where each name is.
    pub(super) by_name: &'a HashMap<&'a str, usize>,
    /// The card that may call others whatever it says, and those.
    pub(super) offered: (usize, Range<usize>),
}

impl Calls<'_> {
    /// Whom a card calls, by the place where it says so, or by none if they were offered to it.
    fn from(&self, caller: usize) -> impl Iterator<Item = (Option<KeyPath>, usize)> {
        let named = self.cards[caller].calls();
        let named = named.filter_map(|(key, name)| Some((Some(key), *self.by_name.get(name)?)));
        let (asked, offered) = &self.offered;
        let offered = if caller == *asked { offered.clone() } else { 0..0 };
        named.chain(offered.filter(move |child| *child != caller).map(|child| (None, child)))
    }

    /// A card and all that may be called from there.
    pub(super) fn reachable(&self, root: usize) -> Vec<usize> {
        let mut is_reached = vec![false; self.cards.len()];
        let mut reached = Vec::new();
        let mut open = vec![root];
        while let Some(index) = open.pop() {
            if std::mem::replace(&mut is_reached[index], true) {
                continue;
            }
            reached.push(index);
            open.extend(self.from(index).map(|(_, child)| child));
        }
        reached
    }

    /// What is wrong with how some cards call each other, among which is whoever they call: circles,
    /// each once, or rows that are too long, and children without the messages they are to begin with.
    pub(super) fn wrong(&self, among: &[usize]) -> Vec<Diagnostic> {
        let is_done = vec![false; self.cards.len()];
        let mut search = Search { calls: self, is_done, done: Vec::new(), wrong: Vec::new() };
        for index in among {
            search.visit(*index, &mut Vec::new());
        }
        let Search { done: mut callers_first, mut wrong, .. } = search;
        if wrong.is_empty() {
            callers_first.reverse();
            wrong = self.too_deep(&callers_first);
        }
        wrong.extend(among.iter().flat_map(|index| self.without_messages(*index)));
        wrong
    }

    /// The calls with which a row of agents gets too long, for each caller the first. Whoever calls a
    /// card stands before it.
    fn too_deep(&self, callers_first: &[usize]) -> Vec<Diagnostic> {
        // A clone of an agent stands between it and whom it calls; no other type runs any yet.
        let deep = |index: usize| match &self.cards[index] {
            card if card.kind != Kind::Agent => 0,
            card if card.subagents.is_some() => 2,
            _ => 1,
        };
        let mut depths: Vec<usize> = (0..self.cards.len()).map(deep).collect();
        let mut before = vec![None; self.cards.len()];
        let mut wrong = Vec::new();
        for &caller in callers_first {
            let mut is_told = depths[caller] > DEEPEST;
            for (key, child) in self.from(caller) {
                let depth = depths[caller] + deep(child);
                if depth > depths[child] {
                    depths[child] = depth;
                    before[child] = Some(caller);
                }
                if depth > DEEPEST && !is_told {
                    is_told = true;
                    let mut row = vec![child, caller];
                    row.extend(std::iter::successors(before[caller], |card| before[*card]));
                    row.reverse();
                    let row = self.names(row);
                    let message =
                        format!("more than {DEEPEST} agents would call each other: {row}");
                    let hint = "let one of them call those at the end itself";
                    wrong.push(self.complaint("too-deep", caller, (key, message), hint));
                }
            }
        }
        wrong
    }

    /// The children of a card that are to begin with the messages of their cards, which have none.
    fn without_messages(&self, caller: usize) -> Vec<Diagnostic> {
        if self.cards[caller].children.source != HistorySource::Messages {
            return Vec::new();
        }
        let children = self.from(caller).map(|(_, child)| &self.cards[child]);
        let without = children.filter(|card| card.kind == Kind::Agent && card.messages.is_empty());
        let without = without.map(|Card { name, .. }| {
            let message = format!("`messages` takes agents that have some; `{name}` has none");
            let key = KeyPath::top("history_source");
            let hint = "give its card `messages`, or leave this key out";
            self.complaint("no-messages", caller, (Some(key), message), hint)
        });
        without.collect()
    }

    fn complaint(
        &self,
        code: &'static str,
        card: usize,
        (key, message): (Option<KeyPath>, String),
        hint: &str,
    ) -> Diagnostic {
        let key = key.unwrap_or_else(|| KeyPath::top("agents"));
        let complaint = self.cards[card].complaint(code, &key, message);
        Diagnostic { hint: Some(hint.to_owned()), ..complaint }
    }

    /// The names of cards in a row of calls.
    fn names(&self, row: impl IntoIterator<Item = usize>) -> String {
        let names = row.into_iter().map(|index| self.cards[index].name.as_str());
        names.collect::<Vec<_>>().join(" -> ")
    }
}

/// A search for circles.
struct Search<'a> {
    calls: &'a Calls<'a>,
    /// Whose calls were followed to the end.
    is_done: Vec<bool>,
    /// Those, in the order in which that happened: whoever is called stands before who calls.
    done: Vec<usize>,
    wrong: Vec<Diagnostic>,
}

impl Search<'_> {
    /// Follows the calls of a card that was reached by way of others.
    fn visit(&mut self, index: usize, way: &mut Vec<usize>) {
        if self.is_done[index] {
            return;
        }
        way.push(index);
        let calls = self.calls;
        for (key, child) in calls.from(index) {
            let Some(start) = way.iter().position(|step| *step == child) else {
                self.visit(child, way);
                continue;
            };
            let circle = calls.names(way[start..].iter().copied().chain([child]));
            let message = format!("agents must not call each other in a circle: {circle}");
            let hint = "take one of these calls away";
            self.wrong.push(calls.complaint("circle", index, (key, message), hint));
        }
        way.pop();
        self.is_done[index] = true;
        self.done.push(index);
    }
}
