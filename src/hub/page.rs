//! Follows a list over its pages, as far as whoever takes its elements wants it.
//!
//! It knows how the Hub's lists go on; it keeps no element itself.

use reqwest::header::LINK;
use serde_json::Value;
use url::Url;

use super::catalog::{List, Method, Paging, Place};
use super::client::Client;
use super::exchange::{Request, Watch};
use super::problem::{Problem, Sender};
use super::scan::{Malformed, Progress, Scanner, Visitor};

/// More pages than this are not followed for one call.
pub const MOST_PAGES: usize = 200;

/// A list to walk.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) list: List,
    pub(super) path: &'a str,
    pub(super) query: &'a [(String, String)],
    /// The first page, where pages are numbered.
    pub(super) first: u64,
    /// The most pages to read.
    pub(super) pages: usize,
}

/// How a walk went.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) front: Front,
    pub(super) end: End,
}

/// What the first page said besides its elements.
#[derive(Debug)]
pub(super) struct Front {
    /// Where it was in the end, redirects followed.
    pub(super) url: Url,
    pub(super) status: u16,
    /// What stood around the list, the list itself empty.
    pub(super) rest: Option<Value>,
    /// Texts in it that were shortened.
    pub(super) shortened: Vec<String>,
}

/// Where a walk ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// At the end of the list.
    Reached,
    /// Before it: the visitor had enough.
    Enough,
    /// Before it, for this reason.
    GaveUp(String),
}

/// One page that was read.
struct Page {
    front: Front,
    next: Next,
    /// The visitor stopped it.
    stopped: bool,
}

/// What a page says about the next one.
enum Next {
    /// There is none.
    None,
    /// It is here.
    At(Url),
    /// It is somewhere this client does not go.
    Elsewhere(String),
}

impl Client {
    /// Shows a list's elements to a visitor until it is full or the list ends.
    pub(super) async fn walk(
        &self,
        walk: &Walk<'_>,
        visitor: &mut impl Visitor,
        watch: Watch<'_>,
    ) -> Result<Walked, Problem> {
        let mut seen = vec![self.first_page(walk)];
        let Page { front, mut next, mut stopped } =
            self.page(walk, self.first_page(walk), visitor, watch).await?;
        let end = loop {
            let url = match next {
                _ if stopped => break End::Enough,
                Next::None => break End::Reached,
                _ if visitor.full() => break End::Enough,
                Next::Elsewhere(place) => {
                    break End::GaveUp(format!("the next page is at {place}, not on this Hub"));
                }
                Next::At(url) if seen.contains(&url) => {
                    break End::GaveUp("the pages go in a circle".to_owned());
                }
                Next::At(_) if seen.len() >= walk.pages => {
                    break End::GaveUp(format!("{} pages were read", walk.pages));
                }
                Next::At(url) => url,
            };
            seen.push(url.clone());
            let page = self.page(walk, url, visitor, watch).await?;
            (next, stopped) = (page.next, page.stopped);
        };
        Ok(Walked { front, end })
    }

    fn first_page(&self, walk: &Walk<'_>) -> Url {
        let mut query = walk.query.to_vec();
        if matches!(walk.list.paging, Paging::Numbered(_)) && walk.first > 0 {
            query.push(("p".to_owned(), walk.first.to_string()));
        }
        self.url(walk.path, &query)
    }

    async fn page(
        &self,
        walk: &Walk<'_>,
        url: Url,
        visitor: &mut impl Visitor,
        watch: Watch<'_>,
    ) -> Result<Page, Problem> {
        let request = Request { method: Method::Get, url, body: None };
        let mut response = self.answer(&request, watch).await?;
        let sender = Sender::of(&response);
        let next = self.linked_page(&response);
        let url = response.url().clone();
        let status = response.status().as_u16();
        let mut front = Front { url, status, rest: None, shortened: Vec::new() };
        let mut scanner = Scanner::new(walk.list.place);
        loop {
            let chunk = self.chunk(&mut response).await.map_err(|trouble| sender.cut(&trouble))?;
            let Some(chunk) = chunk else { break };
            match scanner.feed(&chunk, visitor).map_err(|malformed| sender.malformed(malformed))? {
                Progress::More => {}
                Progress::Done => break,
                // The rest of the transfer is dropped with the response.
                Progress::Stopped => return Ok(Page { front, next, stopped: true }),
            }
        }
        let (stopped, elements) = (scanner.stopped(), scanner.elements());
        let (rest, shortened) =
            scanner.finish().map_err(|malformed| sender.malformed(malformed))?;
        front.rest =
            around(walk.list.place, &rest).map_err(|malformed| sender.malformed(malformed))?;
        front.shortened = shortened;
        let next = match (walk.list.paging, &front.rest) {
            (Paging::Link(_), _) => next,
            (Paging::Numbered(size), Some(rest)) => numbered_page(&front.url, rest, size, elements),
            (Paging::Whole, _) | (Paging::Numbered(_), None) => Next::None,
        };
        Ok(Page { front, next, stopped })
    }

    /// The `rel="next"` of a `Link` header.
    fn linked_page(&self, response: &reqwest::Response) -> Next {
        let links =
            response.headers().get_all(LINK).into_iter().filter_map(|link| link.to_str().ok());
        let Some(target) = links.flat_map(|links| links.split(',')).find_map(next_target) else {
            return Next::None;
        };
        match response.url().join(target) {
            Ok(url) if self.is_own(&url) => Next::At(url),
            Ok(url) => Next::Elsewhere(url.origin().ascii_serialization()),
            Err(_) => Next::Elsewhere("an unreadable address".to_owned()),
        }
    }
}

fn next_target(link: &str) -> Option<&str> {
    let (target, attributes) = link.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = attributes
        .split(';')
        .filter_map(|attribute| attribute.trim().strip_prefix("rel="))
        .any(|relation| relation.trim_matches('"').eq_ignore_ascii_case("next"));
    is_next.then_some(target)
}

/// The object around a list, which is there only where the list is under a key.
fn around(place: Place, rest: &[u8]) -> Result<Option<Value>, Malformed> {
    let Place::Under(key) = place else { return Ok(None) };
    let value: Value =
        serde_json::from_slice(rest).map_err(|error| Malformed::Syntax(error.to_string()))?;
    if value.get(key).is_some_and(Value::is_array) {
        Ok(Some(value))
    } else {
        Err(Malformed::Shape(rest.to_vec()))
    }
}

/// The page after this one, if `count` says that there is one.
fn numbered_page(url: &Url, rest: &Value, size: u64, elements: u64) -> Next {
    let number = |key: &str| rest.get(key).and_then(Value::as_u64);
    let current = url
        .query_pairs()
        .find(|(name, _)| name == "p")
        .and_then(|(_, page)| page.parse().ok())
        .unwrap_or(0_u64);
    let start = number("start").unwrap_or(current * size);
    let ends = number("count").is_none_or(|count| start.saturating_add(elements) >= count);
    if ends || elements == 0 {
        return Next::None;
    }
    let mut next = url.clone();
    let others: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "p")
        .map(|(a, b)| (a.into(), b.into()))
        .collect();
    next.query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair("p", &(current + 1).to_string());
    Next::At(next)
}
