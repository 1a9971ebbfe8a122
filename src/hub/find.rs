//! Looks for one element of a list while it goes by.
//!
//! It keeps the one it looks for and what stands around the list, and nothing else.

use serde_json::Value;

use super::catalog::{Action, Answer, List, Paging, Place, by_id};
use super::client::Client;
use super::exchange::Watch;
use super::page::{End, Walk};
use super::path::Captured;
use super::problem::Problem;
use super::scan::{Malformed, Visitor, Wish};

/// What was just written is at the front of its list.
const PAGES: usize = 3;

/// What an element must be to be the one looked for.
pub(super) type Test<'a> = &'a (dyn Fn(&Value) -> bool + Send + Sync);

/// What a search came to.
#[derive(Debug)]
pub(super) struct Found {
    /// What stood around the list, if anything did.
    pub(super) rest: Option<Value>,
    /// The element, as the Hub sent it.
    pub(super) element: Option<Value>,
    /// Whether the list was looked through to its end.
    pub(super) whole: bool,
}

impl Client {
    /// Looks through the list at an endpoint of the catalog for the first element that passes.
    pub(super) async fn find(
        &self,
        (id, names): (&str, &Captured),
        query: &[(String, String)],
        test: Test<'_>,
        watch: Watch<'_>,
    ) -> Result<Found, Problem> {
        let endpoint = by_id(id);
        let path = endpoint.map(|endpoint| endpoint.path.fill(names)).unwrap_or_default();
        let list = match endpoint.map(|endpoint| &endpoint.action) {
            Some(Action::Read(read)) => match read.answer {
                Answer::List(list) => list,
                Answer::Object | Answer::Text => BARE,
            },
            _ => BARE,
        };
        let mut search = Search { test, element: None };
        let walk = Walk { list, path: &path, query, first: 0, pages: PAGES };
        let walked = self.walk(&walk, &mut search, watch).await?;
        let whole = walked.end == End::Reached;
        Ok(Found { rest: walked.front.rest, element: search.element, whole })
    }
}

const BARE: List = List { place: Place::Bare, paging: Paging::Whole };

struct Search<'a> {
    test: Test<'a>,
    element: Option<Value>,
}

impl Visitor for Search<'_> {
    fn begin(&mut self) -> Wish {
        if self.full() { Wish::Stop } else { Wish::Keep }
    }

    fn element(&mut self, text: &[u8]) -> Result<(), Malformed> {
        let value: Value =
            serde_json::from_slice(text).map_err(|error| Malformed::Syntax(error.to_string()))?;
        if (self.test)(&value) {
            self.element = Some(value);
        }
        Ok(())
    }

    fn full(&self) -> bool {
        self.element.is_some()
    }
}
