//! An agent and those it may call, resolved: each card once, however many call it.
//!
//! It connects none of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Blueprint, SetupError, Surroundings, resolve_card};
use crate::card::deck::Deck;
use crate::card::{Card, Kind};
use crate::config::{Config, Environment};

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
    let blueprint = resolving.card(deck.asked());
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
    fn card(&mut self, card: &'a Card) -> Option<Blueprint> {
        if let Kind::Workflow(workflow) = &card.kind {
            self.errors.push(SetupError::not_yet(self.deck, card, workflow));
            return None;
        }
        let resolved = resolve_card(self.config, card, self.environment, self.surroundings);
        let blueprint = resolved.map_err(|errors| self.errors.extend(errors)).ok();
        // Nobody calls in a circle: a deck holds no such cards.
        let children = self.deck.children(card);
        let children: Vec<_> = children.into_iter().filter_map(|child| self.child(child)).collect();
        Some(blueprint?.calling(children))
    }

    fn child(&mut self, child: &'a Card) -> Option<Arc<Blueprint>> {
        if let Some(known) = self.known.get(&*child.name) {
            return known.clone();
        }
        let blueprint = self.card(child).map(Arc::new);
        self.known.insert(&child.name, blueprint.clone());
        blueprint
    }
}
