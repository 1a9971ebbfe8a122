//! An agent and those it may call, resolved: each card once, however many call it.
//!
//! It connects none of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Blueprint, SetupError, Surroundings, resolve_card};
use crate::card::deck::Deck;
use crate::card::{Card, HistorySource, KeyPath, Kind};
use crate::config::{Config, Environment};

/// How many agents may stand in a row, each called by the one before it.
const DEEPEST: usize = 8;

/// Resolves the asked card of a deck, and the cards it may call: models to endpoints, keys to tools.
pub fn resolve(
    config: &Config,
    deck: &Deck,
    environment: &Environment,
    surroundings: Surroundings,
) -> Result<Blueprint, Vec<SetupError>> {
    let mut resolving = Resolving {
        config,
        deck,
        environment,
        surroundings,
        known: HashMap::new(),
        errors: vec![],
    };
    let blueprint = resolving.card(deck.asked(), &mut Vec::new());
    match blueprint {
        Some(blueprint) if resolving.errors.is_empty() => Ok(blueprint),
        _ => Err(resolving.errors),
    }
}

struct Resolving<'a> {
    config: &'a Config,
    deck: &'a Deck,
    environment: &'a Environment,
    surroundings: Surroundings,
    /// Those that are done; nothing stands for one with errors.
    known: HashMap<&'a str, Option<Arc<Blueprint>>>,
    errors: Vec<SetupError>,
}

impl<'a> Resolving<'a> {
    fn card(&mut self, card: &'a Card, way: &mut Vec<&'a Card>) -> Option<Blueprint> {
        if let Kind::Workflow(workflow) = &card.kind {
            self.errors.push(SetupError::not_yet(self.deck, card, workflow));
            return None;
        }
        let resolved = resolve_card(self.config, card, self.environment, self.surroundings);
        let blueprint = resolved.map_err(|errors| self.errors.extend(errors)).ok();
        way.push(card);
        let children = self.deck.children(card);
        let children = children.into_iter().filter_map(|child| self.child(card, child, way));
        let children: Vec<_> = children.collect();
        way.pop();
        self.look_for_messages(card, &children);
        Some(blueprint?.calling(children))
    }

    /// Children that are to begin with the messages of their cards need some.
    fn look_for_messages(&mut self, card: &Card, children: &[Arc<Blueprint>]) {
        if card.children.source != HistorySource::Messages {
            return;
        }
        for child in children.iter().filter(|child| child.prior.is_empty()) {
            let name = &child.card.name;
            let message = format!("`messages` takes agents that have some; `{name}` has none");
            let key = KeyPath::top("history_source");
            let diagnostic = card.complaint("no-messages", &key, message);
            self.errors.push(SetupError::Card(Box::new(diagnostic)));
        }
    }

    fn child(
        &mut self,
        card: &'a Card,
        child: &'a Card,
        way: &mut Vec<&'a Card>,
    ) -> Option<Arc<Blueprint>> {
        if let Some(known) = self.known.get(&*child.name) {
            return known.clone();
        }
        let names = || {
            let names = way.iter().chain([&child]).map(|card| card.name.as_str());
            names.collect::<Vec<_>>().join(" -> ")
        };
        // A clone of an agent stands between it and whom it calls.
        let deep = |card: &Card| if card.subagents.is_some() { 2 } else { 1 };
        let depth: usize = way.iter().chain([&child]).map(|card| deep(card)).sum();
        let wrong = if way.iter().any(|card| card.name == child.name) {
            // A deck knows no such circle among its cards: this one goes by way of an offered card.
            Some(("circle", format!("agents must not call each other in a circle: {}", names())))
        } else if depth > DEEPEST {
            let message = format!("more than {DEEPEST} agents would call each other: {}", names());
            Some(("too-deep", message))
        } else {
            None
        };
        if let Some((code, message)) = wrong {
            let diagnostic = card.complaint(code, &KeyPath::top("agents"), message);
            self.errors.push(SetupError::Card(Box::new(diagnostic)));
            return None;
        }
        let blueprint = self.card(child, way).map(Arc::new);
        self.known.insert(&child.name, blueprint.clone());
        blueprint
    }
}
