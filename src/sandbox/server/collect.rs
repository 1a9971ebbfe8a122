//! The endpoints that change collections.
//!
//! The last four are no part of what the tool offers; the Python client calls them.

use axum::http::StatusCode;
use serde_json::json;

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::collections;
use super::form::Form;
use crate::hub::path::Piece;
use crate::sandbox::world::collection::{ItemType, THEMES};
use crate::sandbox::world::repo::Standing;
use crate::sandbox::world::{Collection, Item, RepoType, World, now};

/// Makes a collection.
pub(super) fn create(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    ask.caller.writer()?;
    let mut body = Form::body(ask.body)?;
    let title = body.text("title", 1..=60);
    let owner = body.text("namespace", 1..=96);
    let description = body.optional_text("description", 0..=150);
    let private = body.flag("private").unwrap_or(false);
    let first = body.object("item");
    body.finish()?;
    check_right(ask, &owner)?;
    let first = first.map(|item| new_item(ask.world, item, None)).transpose()?;
    if let Some(same) = ask.world.collections.iter().find(|c| c.owner == owner && c.title == title)
    {
        return Err(Refusal::collection_exists(same.slug()));
    }
    let collection = Collection {
        id: ask.world.new_id(),
        owner,
        title,
        description,
        last_updated: now(),
        theme: THEMES[ask.world.collections.len() % THEMES.len()].to_owned(),
        private,
        upvotes: 0,
        items: first.into_iter().collect(),
    };
    ask.world.collections.push(collection);
    show(ask, ask.world.collections.len() - 1)
}

/// Adds an item, as the last.
pub(super) fn add_item(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = writable(ask)?;
    let mut body = Form::body(ask.body)?;
    let note = body.optional_text("note", 0..=500);
    let item = body.object("item").unwrap_or_default();
    body.finish()?;
    let item = new_item(ask.world, item, note)?;
    let collection = &mut ask.world.collections[at];
    let same = |other: &Item| other.kind == item.kind && other.item == item.item;
    if collection.items.iter().any(same) {
        let message = "This item is already in the collection";
        return Err(Refusal::error(StatusCode::CONFLICT, message));
    }
    collection.items.push(item);
    collection.last_updated = now();
    show(ask, at)
}

/// Changes what a collection says about itself. Its id stays, whatever its title.
pub(super) fn update(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = writable(ask)?;
    let mut body = Form::body(ask.body)?;
    let title = body.optional_text("title", 1..=60);
    let description = body.optional_text("description", 0..=150);
    let theme = body.choice("theme", &THEMES.map(|theme| (theme, theme)));
    let private = body.flag("private");
    let position = body.index("position");
    body.finish()?;
    let collection = &mut ask.world.collections[at];
    collection.title = title.unwrap_or_else(|| collection.title.clone());
    collection.description = description.or_else(|| collection.description.take());
    collection.theme = theme.map_or_else(|| collection.theme.clone(), str::to_owned);
    collection.private = private.unwrap_or(collection.private);
    collection.last_updated = now();
    let at = position.map_or(at, |position| ask.world.move_collection(at, position));
    Answer::json(&json!({ "data": ask.view().collection(&ask.world.collections[at]) }))
}

/// Deletes a collection.
pub(super) fn delete(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = writable(ask)?;
    ask.world.collections.remove(at);
    done()
}

/// Changes the note or the place of an item.
pub(super) fn update_item(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = writable(ask)?;
    let index = find_item(ask, at)?;
    let mut body = Form::body(ask.body)?;
    let note = body.optional_text("note", 0..=500);
    let position = body.index("position");
    body.finish()?;
    let items = &mut ask.world.collections[at].items;
    items[index].note = note.or_else(|| items[index].note.take());
    if let Some(position) = position {
        let item = items.remove(index);
        items.insert(position.min(items.len()), item);
    }
    done()
}

/// Takes an item out.
pub(super) fn delete_item(ask: &mut Ask<'_>) -> Result<Answer, Refusal> {
    let at = writable(ask)?;
    let index = find_item(ask, at)?;
    ask.world.collections[at].items.remove(index);
    done()
}

/// The place of the collection the path names, if the caller may change it.
fn writable(ask: &Ask<'_>) -> Result<usize, Refusal> {
    ask.caller.token()?;
    let at = collections::find(ask)?;
    check_right(ask, &ask.world.collections[at].owner)?;
    Ok(at)
}

fn check_right(ask: &Ask<'_>, owner: &str) -> Result<(), Refusal> {
    ask.caller.writer()?;
    if ask.standing(owner) == Standing::Writer { Ok(()) } else { Err(Refusal::forbidden()) }
}

fn find_item(ask: &Ask<'_>, collection: usize) -> Result<usize, Refusal> {
    let id = ask.name(Piece::ItemId);
    let found = ask.world.collections[collection].items.iter().position(|item| item.id == id);
    found.ok_or_else(|| Refusal::not_found("Item not found"))
}

/// The item a body names, if there is such a thing on this Hub. Buckets there are none.
fn new_item(world: &mut World, mut item: Form, note: Option<String>) -> Result<Item, Refusal> {
    let kinds = [
        ("paper", Some(ItemType::Paper)),
        ("collection", Some(ItemType::Collection)),
        ("space", Some(ItemType::Space)),
        ("model", Some(ItemType::Model)),
        ("dataset", Some(ItemType::Dataset)),
        ("bucket", None),
    ];
    let kind = item.required_choice("type", &kinds).flatten();
    let id = item.text("id", 1..=200);
    item.finish()?;
    let kind = kind.filter(|kind| match kind {
        ItemType::Model => world.find_repo(RepoType::Model, &id).is_some(),
        ItemType::Dataset => world.find_repo(RepoType::Dataset, &id).is_some(),
        ItemType::Space => world.find_repo(RepoType::Space, &id).is_some(),
        ItemType::Paper => world.papers.iter().any(|paper| paper.id == id),
        ItemType::Collection => world.find_collection(&id).is_some(),
    });
    let kind = kind.ok_or_else(|| Refusal::not_found("Item not found"))?;
    Ok(Item { id: world.new_id(), kind, item: id, note })
}

fn show(ask: &Ask<'_>, at: usize) -> Result<Answer, Refusal> {
    Answer::json(&ask.view().collection(&ask.world.collections[at]))
}

fn done() -> Result<Answer, Refusal> {
    Answer::json(&json!({ "success": true }))
}
