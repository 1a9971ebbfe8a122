//! The endpoints that read collections.

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::form::Form;
use super::page::Page;
use super::view::collection::CollectionName;
use crate::hub::path::Piece;
use crate::sandbox::world::collection::ItemType;
use crate::sandbox::world::repo::Standing;
use crate::sandbox::world::{Collection, RepoType};

/// How many collections a page holds unless asked otherwise.
const COLLECTIONS: usize = 10;

/// How many a page holds at most, whatever the limit.
const MOST: usize = 100;

/// A page of collections.
pub(super) fn list(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let mut query = Form::query(ask.query);
    let sort = query.choice(
        "sort",
        &[("trending", Sort::Upvotes), ("upvotes", Sort::Upvotes), ("lastModified", Sort::Changed)],
    );
    let limit = query.number("limit", 1..=10_000).unwrap_or(COLLECTIONS);
    let page = Page::read(&query, limit.min(MOST));
    let mut found: Vec<&Collection> =
        ask.world.collections.iter().filter(|found| may_see(ask, found)).collect();
    let owners = query.all("owner");
    found.retain(|found| owners.is_empty() || owners.contains(&found.owner.as_str()));
    let items: Vec<_> = query.all("item").into_iter().map(ItemRef::read).collect();
    found.retain(|found| items.is_empty() || items.iter().any(|item| item.is_in(found)));
    let words = query.get("q").unwrap_or_default().to_lowercase();
    found.retain(|found| found.title.to_lowercase().contains(&words));
    let expand = query.get("expand") != Some("false");
    query.finish()?;
    match sort.unwrap_or(Sort::Upvotes) {
        Sort::Upvotes => found.sort_by_key(|found| std::cmp::Reverse(found.upvotes)),
        Sort::Changed => found.sort_by(|a, b| b.last_updated.cmp(&a.last_updated)),
    }

    let shown = page.of(&found).iter().copied();
    let answer = if expand {
        let view = ask.view();
        Answer::json(&shown.map(|found| view.listed_collection(found)).collect::<Vec<_>>())?
    } else {
        Answer::json(&shown.map(CollectionName::from).collect::<Vec<_>>())?
    };
    Ok(answer.with_next(page.next(ask, found.len())))
}

/// A whole collection.
pub(super) fn get(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = find(ask)?;
    Answer::json(&ask.view().collection(&ask.world.collections[at]))
}

/// The place of the collection the path names, if the caller may see it.
pub(super) fn find(ask: &Ask<'_>) -> Result<usize, Refusal> {
    ask.world
        .find_collection(ask.name(Piece::Slug))
        .filter(|at| may_see(ask, &ask.world.collections[*at]))
        .ok_or_else(|| Refusal::not_found("Collection not found"))
}

fn may_see(ask: &Ask<'_>, collection: &Collection) -> bool {
    !collection.private || ask.standing(&collection.owner) > Standing::Stranger
}

#[derive(Debug, Clone, Copy)]
enum Sort {
    Upvotes,
    Changed,
}

/// An item as the filter of a list names it: `models/ns/name`, `papers/2603.01234`.
struct ItemRef<'q> {
    kind: Option<ItemType>,
    id: &'q str,
}

impl<'q> ItemRef<'q> {
    fn read(written: &'q str) -> Self {
        let (kind, id) = written.split_once('/').unwrap_or((written, ""));
        let kind = match RepoType::from_plural(kind) {
            Some(RepoType::Model) => Some(ItemType::Model),
            Some(RepoType::Dataset) => Some(ItemType::Dataset),
            Some(RepoType::Space) => Some(ItemType::Space),
            None => (kind == "papers").then_some(ItemType::Paper),
        };
        Self { kind, id }
    }

    fn is_in(&self, collection: &Collection) -> bool {
        collection.items.iter().any(|item| Some(item.kind) == self.kind && item.item == self.id)
    }
}
