//! The cards at hand: which of them is asked, and who calls whom.
//!
//! It reads no file, and it does not know how one agent is made another's tool.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{Card, KeyPath, Standing};
use crate::diagnostic::{Diagnostic, did_you_mean};

/// Cards whose names differ, whose references lead to one another and never in a circle, and of which
/// one is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Deck {
    cards: Vec<Card>,
    asked: usize,
    /// Where those begin that are offered to the asked one whatever it says.
    offered: usize,
}

/// Why cards make no deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeckError {
    /// There are none.
    Empty,
    /// Something is wrong with them or between them.
    Wrong(Vec<Diagnostic>),
    /// None has the name that is to be asked.
    Unknown {
        /// That name.
        named: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// Several can be asked, and nothing says which.
    Undecided {
        /// Their names.
        names: Vec<String>,
    },
}

impl Deck {
    /// A deck of one card.
    pub fn single(card: Card) -> Self {
        Self { cards: vec![card], asked: 0, offered: 1 }
    }

    /// Puts cards together. Asked is the one that is `named`; else the only one that people may ask;
    /// else the first that says `default: true`. Those `offered` are tools of whichever it is.
    pub fn assemble(
        mut cards: Vec<Card>,
        offered: Vec<Card>,
        named: Option<&str>,
    ) -> Result<Self, DeckError> {
        let own = cards.len();
        cards.extend(offered);
        let by_name = by_name(&cards).map_err(DeckError::Wrong)?;
        let mut wrong = dead_references(&cards, &by_name);
        if wrong.is_empty() {
            wrong = circles(&cards, &by_name);
        }
        if !wrong.is_empty() {
            return Err(DeckError::Wrong(wrong));
        }
        let asked = match named {
            Some(named) => {
                by_name.get(named.replace(' ', "_").as_str()).copied().ok_or_else(|| {
                    DeckError::Unknown { named: named.to_owned(), names: names(&cards) }
                })?
            }
            None => by_default(&cards[..own])?,
        };
        Ok(Self { cards, asked, offered: own })
    }

    /// The card that is asked.
    pub fn asked(&self) -> &Card {
        &self.cards[self.asked]
    }

    /// All cards, in the order in which they were given.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// The card of a name.
    pub fn find(&self, name: &str) -> Option<&Card> {
        self.cards.iter().find(|card| card.name == name)
    }

    /// The cards that a card may call: those it names, and for the asked one those that were offered.
    pub fn children(&self, card: &Card) -> Vec<&Card> {
        let mut children: Vec<&Card> =
            card.agents.iter().filter_map(|name| self.find(name)).collect();
        if card.name == self.asked().name {
            let offered = self.cards[self.offered..].iter();
            children.extend(
                offered
                    .filter(|child| child.name != card.name && !card.agents.contains(&child.name)),
            );
        }
        children
    }
}

/// Where each name is.
fn by_name(cards: &[Card]) -> Result<HashMap<&str, usize>, Vec<Diagnostic>> {
    let mut by_name = HashMap::with_capacity(cards.len());
    let mut wrong = Vec::new();
    for (index, card) in cards.iter().enumerate() {
        match by_name.entry(card.name.as_str()) {
            Entry::Vacant(free) => _ = free.insert(index),
            Entry::Occupied(first) => {
                let first = cards[*first.get()].path.display();
                let message = format!("`{}` is the name of {first} too", card.name);
                let hint = "give one of them another `name`".to_owned();
                wrong.push(Diagnostic {
                    hint: Some(hint),
                    ..card.complaint("duplicate-name", &KeyPath::top("name"), message)
                });
            }
        }
    }
    if wrong.is_empty() { Ok(by_name) } else { Err(wrong) }
}

/// Names under `agents` that no card has.
fn dead_references(cards: &[Card], by_name: &HashMap<&str, usize>) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for card in cards {
        for (index, name) in card.agents.iter().enumerate() {
            if by_name.contains_key(name.as_str()) {
                continue;
            }
            let near = did_you_mean(name, by_name.keys().copied());
            let hint = near.map_or_else(
                || "its card is given with another `--card`, or its directory is".to_owned(),
                |name| format!("did you mean `{name}`?"),
            );
            let key = KeyPath::top("agents").index(index);
            let message = format!("there is no card `{name}` among those at hand");
            wrong.push(Diagnostic {
                hint: Some(hint),
                ..card.complaint("dead-agent", &key, message)
            });
        }
    }
    wrong
}

/// Agents that call each other in a circle, each circle once.
fn circles(cards: &[Card], by_name: &HashMap<&str, usize>) -> Vec<Diagnostic> {
    let mut search = Circles { cards, by_name, done: vec![false; cards.len()], wrong: Vec::new() };
    for index in 0..cards.len() {
        search.visit(index, &mut Vec::new());
    }
    search.wrong
}

struct Circles<'a> {
    cards: &'a [Card],
    by_name: &'a HashMap<&'a str, usize>,
    /// Whose calls were followed to the end.
    done: Vec<bool>,
    wrong: Vec<Diagnostic>,
}

impl Circles<'_> {
    /// Follows the calls of a card that was reached by way of others.
    fn visit(&mut self, index: usize, way: &mut Vec<usize>) {
        if self.done[index] {
            return;
        }
        way.push(index);
        let card = &self.cards[index];
        for (entry, name) in card.agents.iter().enumerate() {
            let Some(&child) = self.by_name.get(name.as_str()) else { continue };
            let Some(start) = way.iter().position(|step| *step == child) else {
                self.visit(child, way);
                continue;
            };
            let names = way[start..].iter().chain([&child]).map(|step| &*self.cards[*step].name);
            let circle = names.collect::<Vec<_>>().join(" -> ");
            let key = KeyPath::top("agents").index(entry);
            let message = format!("agents must not call each other in a circle: {circle}");
            self.wrong.push(card.complaint("circle", &key, message));
        }
        way.pop();
        self.done[index] = true;
    }
}

fn by_default(cards: &[Card]) -> Result<usize, DeckError> {
    let mut listed = (0..cards.len()).filter(|index| cards[*index].standing != Standing::ToolOnly);
    match (cards.len(), listed.next(), listed.next()) {
        (0, ..) => Err(DeckError::Empty),
        (1, ..) => Ok(0),
        (_, Some(only), None) => Ok(only),
        _ => cards
            .iter()
            .position(|card| card.standing == Standing::Default)
            .ok_or_else(|| DeckError::Undecided { names: names(cards) }),
    }
}

fn names(cards: &[Card]) -> Vec<String> {
    cards.iter().map(|card| card.name.clone()).collect()
}
