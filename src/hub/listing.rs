//! Reads a list: the part of it that is wanted, or what a question about the whole of it comes to.
//!
//! It says how much of the list the result stands for; it does not word anything for a model.

use serde_json::{Map, Value, json};

use super::catalog::{Action, List, Paging, Place, Trim};
use super::client::{Client, Shaping};
use super::exchange::Watch;
use super::page::{End, Front, MOST_PAGES, Walk, Walked};
use super::problem::Problem;
use super::query::Query;
use super::read::{Part, Reading, Want};
use super::route::Route;
use super::shape::{self, LeftOut};
use super::slice::Slice;
use super::tally::{self, MOST_ELEMENTS, Tally};

impl Client {
    pub(super) async fn read_list(
        &self,
        route: &Route,
        list: List,
        want: &Want,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        if want.query.scans() {
            self.read_scan(route, list, want, watch).await
        } else {
            self.read_slice(route, list, want, watch).await
        }
    }

    async fn read_slice(
        &self,
        route: &Route,
        list: List,
        want: &Want,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        // Where pages are numbered and their size is known, the first ones need not be read.
        let (first, start) = match list.paging {
            Paging::Numbered(size) => (want.offset / size, want.offset / size * size),
            Paging::Link(_) | Paging::Whole => (0, 0),
        };
        let mut slice = Slice::new(start, want.offset, want.limit);
        let walk = Walk { list, path: &route.path, query: &route.query, first, pages: MOST_PAGES };
        let Walked { front, end } = self.walk(&walk, &mut slice, watch).await?;
        let (items, seen) = slice.finish();
        let count = front.rest.as_ref().and_then(|rest| rest.get("count")).and_then(Value::as_u64);
        let complete = end == End::Reached;
        let part = Part {
            shown: items.len() as u64,
            offset: want.offset,
            // A list that was read to its end has been counted.
            total: count.or(complete.then_some(seen)),
            complete,
            next: (end == End::Enough).then(|| want.offset.saturating_add(items.len() as u64)),
            scanned: None,
            gave_up: reason(end),
        };
        self.dress((route, list.place), front, &want.query, (items, part))
    }

    async fn read_scan(
        &self,
        route: &Route,
        list: List,
        want: &Want,
        watch: Watch<'_>,
    ) -> Result<Reading, Problem> {
        let mut tally = Tally::new(&want.query, want.offset, want.limit);
        let walk =
            Walk { list, path: &route.path, query: &route.query, first: 0, pages: MOST_PAGES };
        let Walked { front, end } = self.walk(&walk, &mut tally, watch).await?;
        if let Some((field, names)) = tally.unknown_field() {
            return Err(unknown_field(&front, field, names));
        }
        let whole = end == End::Reached;
        let gave_up = match end {
            End::Enough => Some(format!("{MOST_ELEMENTS} elements were read")),
            end => reason(end),
        };
        let part = |shown: u64, total: u64| Part {
            shown,
            offset: want.offset,
            total: whole.then_some(total),
            complete: whole && want.offset.saturating_add(shown) >= total,
            next: Some(want.offset.saturating_add(shown)).filter(|next| *next < total),
            scanned: Some(tally.scanned()),
            gave_up: gave_up.clone(),
        };
        let Some(field) = &want.query.count_by else {
            let part = part(tally.shown(), tally.matched());
            let items = tally.into_items();
            return self.dress((route, list.place), front, &want.query, (items, part));
        };
        let (counts, distinct) = tally.counts();
        let part = part(counts.len() as u64, distinct);
        let data = json!({"count_by": field, "counted": tally.matched(), "counts": counts});
        let (url, status) = (front.url.to_string(), front.status);
        Ok(Reading { url, status, data, part: Some(part), left_out: Vec::new() })
    }

    /// Takes decoration and unwanted fields out, and puts the list back where the answer had it.
    fn dress(
        &self,
        (route, place): (&Route, Place),
        mut front: Front,
        query: &Query,
        (mut items, part): (Vec<Value>, Part),
    ) -> Result<Reading, Problem> {
        let decoration: &[Trim] = match &route.endpoint.action {
            Action::Read(read) if query.fields.is_empty() => read.decoration,
            _ => &[],
        };
        let mut rest = front.rest.take();
        if !query.fields.is_empty() {
            (items, rest) = pick(query, place, &items, rest.as_ref())
                .map_err(|(field, names)| unknown_field(&front, &field, &names))?;
        }
        let mut left_out = LeftOut::default();
        for name in &front.shortened {
            left_out.add(&format!("the end of {name}, which is long"));
        }
        if self.settings.shaping == Shaping::Compact {
            for item in &mut items {
                shape::trim(item, decoration, &mut left_out);
            }
            if let Some(rest) = &mut rest {
                shape::tidy(rest, &mut left_out);
            }
        }
        Ok(Reading {
            url: front.url.to_string(),
            status: front.status,
            data: put_back(place, rest, Value::Array(items)),
            part: Some(part),
            left_out: left_out.into_names(),
        })
    }
}

/// Elements and what stands around them, or the name of a field and those there are instead.
type Picked = Result<(Vec<Value>, Option<Value>), (String, Vec<String>)>;

/// Keeps the wanted fields: of the elements, and of the object around them.
fn pick(query: &Query, place: Place, items: &[Value], rest: Option<&Value>) -> Picked {
    let picked: Vec<Value> = items.iter().map(|item| query.pick(item)).collect();
    let is_empty = |value: &Value| value.as_object().is_some_and(Map::is_empty);
    let mut around = rest.map(|rest| query.pick(rest));
    let in_elements = items.is_empty() || !picked.iter().all(is_empty);
    if !in_elements && around.as_ref().is_none_or(is_empty) {
        let names = items.first().map(tally::names).unwrap_or_default();
        return Err((query.fields.join(", "), names));
    }
    if let (Place::Under(key), Some(Value::Object(around)), true) =
        (place, &mut around, in_elements)
    {
        around.insert(key.to_owned(), Value::Array(Vec::new()));
    }
    Ok((picked, around))
}

fn unknown_field(front: &Front, field: &str, names: &[String]) -> Problem {
    Problem::unknown_field(front.url.as_str(), front.status, field, names)
}

fn reason(end: End) -> Option<String> {
    match end {
        End::GaveUp(reason) => Some(reason),
        End::Reached | End::Enough => None,
    }
}

/// Puts the list back where the answer had it, if it is to be there at all.
fn put_back(place: Place, rest: Option<Value>, list: Value) -> Value {
    match (place, rest) {
        (Place::Under(key), Some(Value::Object(mut rest))) => {
            if let Some(here) = rest.get_mut(key) {
                *here = list;
            }
            // Where the Hub's page began says nothing once elements are chosen across pages.
            rest.shift_remove("start");
            Value::Object(rest)
        }
        (Place::Under(key), _) => Value::Object(Map::from_iter([(key.to_owned(), list)])),
        (Place::Bare, _) => list,
    }
}
