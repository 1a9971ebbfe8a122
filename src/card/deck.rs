//! The cards at hand: which of them is asked, and who calls whom.
//!
//! It reads no file, and it does not know how one agent is made another's tool.

mod calls;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use super::{Card, KeyPath, Kind, Standing};
use crate::diagnostic::{Diagnostic, did_you_mean};
use calls::Calls;

/// How much of its prompt those read who call an agent without a description, in bytes.
pub const LONGEST_ABOUT: usize = 1000;

/// Cards of which one is asked. Their names differ; what the asked one calls, and what is called from
/// there, is among them, and nobody calls in a circle.
#[derive(Debug, Clone, PartialEq)]
pub struct Deck {
    cards: Vec<Card>,
    asked: usize,
    /// It, and all that may be called from there.
    needed: Vec<usize>,
    /// Where those begin that are offered to the asked one whatever it says.
    offered: usize,
    /// What is wrong with cards that nobody needs.
    pub unneeded: Vec<Diagnostic>,
}

/// What a deck is made of.
#[derive(Debug, Default)]
pub struct Hand {
    /// The cards that may be asked.
    pub cards: Vec<Card>,
    /// Those that are tools of whichever is asked.
    pub offered: Vec<Card>,
    /// Files of directories that are no good cards.
    pub broken: Vec<Broken>,
}

/// A file that nobody named and that is no good card.
#[derive(Debug)]
pub struct Broken {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
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
        Self { cards: vec![card], asked: 0, needed: vec![0], offered: 1, unneeded: Vec::new() }
    }

    /// Puts cards together. Asked is the one that is `named`; else the only agent that people may
    /// ask; else the first card that says `default: true`.
    ///
    /// What is wrong with a card, or with what it calls, matters to those who need it: the rest is
    /// told as [`Deck::unneeded`].
    pub fn assemble(hand: Hand, named: Option<&str>) -> Result<Self, DeckError> {
        let Hand { mut cards, offered, broken } = hand;
        let own = cards.len();
        cards.extend(offered);
        let (by_name, twins) = by_name(&cards);
        if !twins.is_empty() {
            return Err(DeckError::Wrong(twins));
        }
        let table = Table { cards: &cards, by_name: &by_name, broken: &broken };
        let asked = match named {
            Some(named) => table.named(named)?,
            None => table.by_default(own)?,
        };
        let calls = Calls { cards: &cards, by_name: &by_name, offered: (asked, own..cards.len()) };
        let needed = calls.reachable(asked);
        let wrong = table.wrong(&calls, &needed);
        if !wrong.is_empty() {
            return Err(DeckError::Wrong(wrong));
        }
        let unneeded =
            broken.into_iter().filter_map(|broken| broken.diagnostics.into_iter().next());
        let unneeded = unneeded.collect();
        Ok(Self { asked, needed, offered: own, unneeded, cards })
    }

    /// The card that is asked.
    pub fn asked(&self) -> &Card {
        &self.cards[self.asked]
    }

    /// The card that is asked, and all that may be called from there.
    pub fn needed(&self) -> impl Iterator<Item = &Card> {
        self.needed.iter().map(|index| &self.cards[*index])
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

/// Everything that is wrong between cards, whichever of them is asked: names that are given twice,
/// calls of what is not there, and calls that lead round in circles, too deep or to who lacks what is
/// needed for them. Cards `elsewhere` may be called too.
pub fn between(cards: &[Card], broken: &[Broken], elsewhere: &BTreeSet<&str>) -> Vec<Diagnostic> {
    let (by_name, mut wrong) = by_name(cards);
    let table = Table { cards, by_name: &by_name, broken };
    for card in cards {
        for (key, name) in card.calls() {
            // What is broken is not told of again with everybody who calls it.
            let is_there = by_name.contains_key(name) || elsewhere.contains(name);
            if !is_there && table.called_so(name).is_none() {
                wrong.push(table.dead(card, &key, name));
            }
        }
    }
    let all: Vec<usize> = (0..cards.len()).collect();
    // Nothing is offered to anybody who is not asked.
    wrong.extend(Calls { cards, by_name: &by_name, offered: (0, 0..0) }.wrong(&all));
    wrong
}

/// What is odd between cards: calls of agents that do not say what they are for, so that who calls them
/// reads the beginning of a long prompt.
pub fn odd(cards: &[Card]) -> Vec<Diagnostic> {
    let (by_name, _told_elsewhere) = by_name(cards);
    let is_long = |child: &Card| child.instruction.to_string().len() > LONGEST_ABOUT;
    let calls =
        cards.iter().flat_map(|card| card.calls().map(move |(key, name)| (card, key, name)));
    let odd = calls.filter_map(|(card, key, name)| {
        let child = &cards[*by_name.get(name)?];
        let is_odd = child.kind == Kind::Agent && child.description.is_none() && is_long(child);
        let message =
            format!("`{name}` has no description: the beginning of its prompt is told instead");
        let hint = format!("write `description: …` in {}", child.path.display());
        is_odd.then(|| Diagnostic {
            hint: Some(hint),
            ..card.complaint("no-description", &key, message)
        })
    });
    odd.collect()
}

/// Where each name is, and the complaints about names that are given twice.
fn by_name(cards: &[Card]) -> (HashMap<&str, usize>, Vec<Diagnostic>) {
    let mut by_name = HashMap::with_capacity(cards.len());
    let mut twins = Vec::new();
    for (index, card) in cards.iter().enumerate() {
        match by_name.entry(card.name.as_str()) {
            Entry::Vacant(free) => _ = free.insert(index),
            Entry::Occupied(first) => {
                let first = cards[*first.get()].path.display();
                let message = format!("`{}` is the name of {first} too", card.name);
                let hint = "give one of them another `name`".to_owned();
                twins.push(Diagnostic {
                    hint: Some(hint),
                    ..card.complaint("duplicate-name", &KeyPath::top("name"), message)
                });
            }
        }
    }
    (by_name, twins)
}

/// The cards while it is found out which one is asked and what it needs.
struct Table<'a> {
    cards: &'a [Card],
    by_name: &'a HashMap<&'a str, usize>,
    broken: &'a [Broken],
}

impl Table<'_> {
    fn named(&self, named: &str) -> Result<usize, DeckError> {
        if let Some(index) = self.by_name.get(named.replace(' ', "_").as_str()) {
            return Ok(*index);
        }
        let wrong = self.wrong_with(named);
        if wrong.is_empty() {
            return Err(DeckError::Unknown { named: named.to_owned(), names: names(self.cards) });
        }
        Err(DeckError::Wrong(wrong))
    }

    /// Of what is broken, nobody knows whether it would have been the one.
    fn by_default(&self, own: usize) -> Result<usize, DeckError> {
        let cards = &self.cards[..own];
        let default = cards.iter().position(|card| card.standing == Standing::Default);
        let mut agents = (0..own).filter(|index| {
            let card = &cards[*index];
            card.standing != Standing::ToolOnly && card.kind == Kind::Agent
        });
        match (default, agents.next(), agents.next()) {
            (Some(default), ..) => Ok(default),
            _ if !self.broken.is_empty() => {
                let wrong = self.broken.iter().flat_map(|broken| broken.diagnostics.clone());
                Err(DeckError::Wrong(wrong.collect()))
            }
            _ if own == 1 => Ok(0),
            (None, Some(only), None) => Ok(only),
            _ if own == 0 => Err(DeckError::Empty),
            _ => Err(DeckError::Undecided { names: names(cards) }),
        }
    }

    /// What is wrong with the cards that are needed.
    fn wrong(&self, calls: &Calls<'_>, needed: &[usize]) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        for index in needed {
            let card = &self.cards[*index];
            for (key, name) in card.calls() {
                if self.by_name.contains_key(name) {
                    continue;
                }
                let found = self.wrong_with(name);
                if found.is_empty() {
                    wrong.push(self.dead(card, &key, name));
                }
                for found in found {
                    if !wrong.contains(&found) {
                        wrong.push(found);
                    }
                }
            }
        }
        if wrong.is_empty() {
            wrong = calls.wrong(needed);
        }
        wrong
    }

    fn dead(&self, card: &Card, key: &KeyPath, name: &str) -> Diagnostic {
        let near = did_you_mean(name, self.by_name.keys().copied());
        let hint = near.map_or_else(
            || "its card is given with another `--card`, or its directory is".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        let message = format!("there is no card `{name}` among those at hand");
        Diagnostic { hint: Some(hint), ..card.complaint("dead-agent", key, message) }
    }

    /// The broken card whose file is called so.
    fn called_so(&self, name: &str) -> Option<&Broken> {
        let is_it = |broken: &&Broken| broken.path.file_stem().is_some_and(|stem| *stem == *name);
        self.broken.iter().find(is_it)
    }

    /// What is wrong with the broken card that has this name. What only its file could tell is not
    /// known: where no file is called so, and no good card nearly so, it may be any of them.
    fn wrong_with(&self, name: &str) -> Vec<Diagnostic> {
        if let Some(broken) = self.called_so(name) {
            return broken.diagnostics.clone();
        }
        if did_you_mean(name, self.by_name.keys().copied()).is_some() {
            return Vec::new();
        }
        self.broken.iter().flat_map(|broken| broken.diagnostics.clone()).collect()
    }
}

fn names(cards: &[Card]) -> Vec<String> {
    cards.iter().map(|card| card.name.clone()).collect()
}
