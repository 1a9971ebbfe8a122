//! Collections, their items and the papers among those.

use serde::{Deserialize, Serialize};

use super::World;

/// The colors of collections, in the order new ones get them.
pub const THEMES: [&str; 6] = ["orange", "blue", "green", "purple", "pink", "indigo"];

/// A collection.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Collection {
    /// Object id, the end of its slug; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// The user or organization it belongs to.
    pub owner: String,
    /// Its title, of which its slug is made.
    pub title: String,
    /// What it is about.
    #[serde(default)]
    pub description: Option<String>,
    /// When it last changed.
    pub last_updated: String,
    /// Its color.
    pub theme: String,
    /// Whether only its owners see it.
    #[serde(default)]
    pub private: bool,
    /// How many upvotes it has.
    #[serde(default)]
    pub upvotes: u32,
    /// What is in it.
    #[serde(default)]
    pub items: Vec<Item>,
}

/// Something in a collection.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Item {
    /// Object id of the entry; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// What kind of thing it is.
    #[serde(rename = "type")]
    pub kind: ItemType,
    /// Its id: a repository's, a paper's, or a collection's slug.
    pub item: String,
    /// What the owner notes about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// The kinds of things a collection holds here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemType {
    /// A model.
    Model,
    /// A dataset.
    Dataset,
    /// A space.
    Space,
    /// A paper.
    Paper,
    /// Another collection.
    Collection,
}

/// A paper.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Paper {
    /// Its arXiv number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many upvotes it has.
    #[serde(default)]
    pub upvotes: u32,
    /// When it was published.
    pub published_at: String,
}

impl Collection {
    /// `owner/words-of-the-title-ID`.
    pub fn slug(&self) -> String {
        format!("{}/{}-{}", self.owner, self.words(), self.id)
    }

    /// The title as the slug has it.
    fn words(&self) -> String {
        let words =
            self.title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    }
}

impl World {
    /// The place of a collection. The id at the end of a slug decides, whatever the words before
    /// it; a slug without an id finds the first collection of that title.
    pub fn find_collection(&self, slug: &str) -> Option<usize> {
        let (owner, name) = slug.split_once('/')?;
        let id = name.rsplit('-').next().filter(|id| is_object_id(id));
        self.collections.iter().position(|collection| {
            collection.owner == owner
                && id.map_or_else(|| collection.words() == name, |id| collection.id == id)
        })
    }

    /// Moves a collection to a position among those of its owner; returns its new place.
    pub fn move_collection(&mut self, at: usize, position: usize) -> usize {
        let collection = self.collections.remove(at);
        let owned = self.collections.iter().map(|other| other.owner == collection.owner);
        let mut places = owned.enumerate().filter(|(_, owned)| *owned).map(|(place, _)| place);
        let place = places.nth(position).unwrap_or(self.collections.len());
        self.collections.insert(place, collection);
        place
    }

    /// The place of a collection among those of its owner, counted from 0.
    pub fn collection_position(&self, collection: &Collection) -> usize {
        let owned = self.collections.iter().filter(|other| other.owner == collection.owner);
        owned.take_while(|other| other.id != collection.id).count()
    }
}

fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
