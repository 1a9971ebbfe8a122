//! Who can be reached by calls, and who calls in a circle.
//!
//! It does not know what a call is for.

use std::collections::HashMap;

use crate::card::Card;
use crate::diagnostic::Diagnostic;

/// Some cards and all that they call, and that is called from there.
pub(super) fn reachable(
    cards: &[Card],
    by_name: &HashMap<&str, usize>,
    roots: &[usize],
) -> Vec<usize> {
    let mut is_reached = vec![false; cards.len()];
    let mut reached = Vec::new();
    let mut open: Vec<usize> = roots.iter().rev().copied().collect();
    while let Some(index) = open.pop() {
        if std::mem::replace(&mut is_reached[index], true) {
            continue;
        }
        reached.push(index);
        open.extend(cards[index].calls().filter_map(|(_, name)| by_name.get(name)));
    }
    reached
}

/// Agents that call each other in a circle, each circle once.
pub(super) fn circles(
    cards: &[Card],
    by_name: &HashMap<&str, usize>,
    among: &[usize],
) -> Vec<Diagnostic> {
    let mut search = Search { cards, by_name, done: vec![false; cards.len()], wrong: Vec::new() };
    for index in among {
        search.visit(*index, &mut Vec::new());
    }
    search.wrong
}

struct Search<'a> {
    cards: &'a [Card],
    by_name: &'a HashMap<&'a str, usize>,
    /// Whose calls were followed to the end.
    done: Vec<bool>,
    wrong: Vec<Diagnostic>,
}

impl Search<'_> {
    /// Follows the calls of a card that was reached by way of others.
    fn visit(&mut self, index: usize, way: &mut Vec<usize>) {
        if self.done[index] {
            return;
        }
        way.push(index);
        let card = &self.cards[index];
        for (key, name) in card.calls() {
            let Some(&child) = self.by_name.get(name) else { continue };
            let Some(start) = way.iter().position(|step| *step == child) else {
                self.visit(child, way);
                continue;
            };
            let names = way[start..].iter().chain([&child]).map(|step| &*self.cards[*step].name);
            let circle = names.collect::<Vec<_>>().join(" -> ");
            let message = format!("agents must not call each other in a circle: {circle}");
            self.wrong.push(card.complaint("circle", &key, message));
        }
        way.pop();
        self.done[index] = true;
    }
}
