//! Collections and what is in them.

use serde::Serialize;
use serde_json::{Value, json};

use super::View;
use super::people::Author;
use crate::sandbox::world::collection::ItemType;
use crate::sandbox::world::repo::SpaceCard;
use crate::sandbox::world::{Collection, Gate, Item, Repo, RepoType};

/// How many items of a collection a list shows.
const ITEMS_IN_LIST: usize = 4;

/// A collection. In a list it must have no `position`: the Python client refuses a second one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CollectionView<'w> {
    slug: String,
    title: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'w str>,
    last_updated: &'w str,
    gating: bool,
    owner: Option<Author<'w>>,
    items: Vec<ItemView<'w>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share_url: Option<String>,
    theme: &'w str,
    private: bool,
    upvotes: u32,
    is_upvoted_by_user: bool,
}

/// A collection in a list that was asked for without details.
#[derive(Debug, Serialize)]
pub(crate) struct CollectionName<'w> {
    name: String,
    title: &'w str,
    private: bool,
    upvotes: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemView<'w> {
    #[serde(rename = "_id")]
    id: &'w str,
    position: usize,
    r#type: ItemType,
    #[serde(rename = "id")]
    item: &'w str,
    #[serde(flatten)]
    content: Content<'w>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Value>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content<'w> {
    Repo(Box<RepoContent<'w>>),
    Other(Value),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RepoContent<'w> {
    author: &'w str,
    likes: u32,
    is_liked_by_user: bool,
    last_modified: &'w str,
    private: bool,
    repo_type: RepoType,
    #[serde(flatten)]
    special: Special<'w>,
}

/// What the kinds of repository do not have in common.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Special<'w> {
    #[serde(rename_all = "camelCase")]
    Model {
        downloads: u32,
        gated: Gating,
        #[serde(rename = "pipeline_tag", skip_serializing_if = "Option::is_none")]
        pipeline_tag: Option<&'w str>,
        available_inference_providers: [String; 0],
        author_data: Option<Author<'w>>,
        widget_output_urls: [String; 0],
        #[serde(skip_serializing_if = "Option::is_none")]
        num_parameters: Option<u64>,
    },
    #[serde(rename_all = "camelCase")]
    Dataset {
        downloads: u32,
        gated: Gating,
        #[serde(skip_serializing_if = "Option::is_none")]
        datasets_server_info: Option<&'w Value>,
    },
    #[serde(rename_all = "camelCase")]
    Space {
        #[serde(flatten)]
        card: Option<&'w SpaceCard>,
        author_data: Option<Author<'w>>,
        runtime: Value,
    },
}

/// `false`, `"auto"` or `"manual"`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Gating {
    Gate(Gate),
    Open(bool),
}

impl<'w> View<'w> {
    /// A collection in a list.
    pub(crate) fn listed_collection(self, collection: &'w Collection) -> CollectionView<'w> {
        let items = collection.items.iter().take(ITEMS_IN_LIST);
        CollectionView {
            slug: collection.slug(),
            title: &collection.title,
            description: collection.description.as_deref(),
            last_updated: &collection.last_updated,
            gating: false,
            owner: self.author(&collection.owner),
            items: items.enumerate().map(|(position, item)| self.item(position, item)).collect(),
            position: None,
            share_url: None,
            theme: &collection.theme,
            private: collection.private,
            upvotes: collection.upvotes,
            is_upvoted_by_user: false,
        }
    }

    /// A whole collection.
    pub(crate) fn collection(self, collection: &'w Collection) -> CollectionView<'w> {
        let items = collection.items.iter().enumerate();
        CollectionView {
            items: items.map(|(position, item)| self.item(position, item)).collect(),
            position: Some(self.world.collection_position(collection)),
            share_url: Some(share_address(collection)),
            ..self.listed_collection(collection)
        }
    }

    fn item(self, position: usize, item: &'w Item) -> ItemView<'w> {
        let repo = |kind| self.world.find_repo(kind, &item.item).map(|at| &self.world.repos[at]);
        let content = match item.kind {
            ItemType::Model => repo(RepoType::Model).map(|repo| self.repo_content(repo)),
            ItemType::Dataset => repo(RepoType::Dataset).map(|repo| self.repo_content(repo)),
            ItemType::Space => repo(RepoType::Space).map(|repo| self.repo_content(repo)),
            ItemType::Paper => self.paper_content(&item.item),
            ItemType::Collection => self.collection_content(&item.item),
        };
        ItemView {
            id: &item.id,
            position,
            r#type: item.kind,
            item: &item.item,
            content: content.unwrap_or_else(|| Content::Other(json!({}))),
            note: item.note.as_ref().map(|note| json!({ "html": note, "text": note })),
        }
    }

    fn repo_content(self, repo: &'w Repo) -> Content<'w> {
        let gated = repo.gated.map_or(Gating::Open(false), Gating::Gate);
        let special = match repo.kind {
            RepoType::Model => Special::Model {
                downloads: repo.downloads,
                gated,
                pipeline_tag: repo.pipeline_tag.as_deref(),
                available_inference_providers: [],
                author_data: self.author(repo.owner()),
                widget_output_urls: [],
                num_parameters: repo.parameters,
            },
            RepoType::Dataset => Special::Dataset {
                downloads: repo.downloads,
                gated,
                datasets_server_info: repo.viewer.as_ref(),
            },
            RepoType::Space => Special::Space {
                card: repo.space.as_ref(),
                author_data: self.author(repo.owner()),
                runtime: json!({
                    "stage": "RUNNING",
                    "hardware": { "current": "cpu-basic", "requested": "cpu-basic" },
                    "storage": null,
                    "gcTimeout": 172_800,
                    "replicas": { "current": 1, "requested": 1 },
                    "devMode": false,
                }),
            },
        };
        Content::Repo(Box::new(RepoContent {
            author: repo.owner(),
            likes: repo.likes,
            is_liked_by_user: false,
            last_modified: &repo.last_modified,
            private: repo.private,
            repo_type: repo.kind,
            special,
        }))
    }

    fn paper_content(self, id: &str) -> Option<Content<'w>> {
        let paper = self.world.papers.iter().find(|paper| paper.id == id)?;
        Some(Content::Other(json!({
            "title": paper.title,
            "upvotes": paper.upvotes,
            "publishedAt": paper.published_at,
            "isUpvotedByUser": false,
            "thumbnailUrl":
                format!("https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{id}.png"),
        })))
    }

    fn collection_content(self, slug: &str) -> Option<Content<'w>> {
        let collection = &self.world.collections[self.world.find_collection(slug)?];
        Some(Content::Other(json!({
            "slug": collection.slug(),
            "title": collection.title,
            "lastUpdated": collection.last_updated,
            "owner": self.author(&collection.owner),
            "theme": collection.theme,
            "numberItems": collection.items.len(),
            "upvotes": collection.upvotes,
            "isUpvotedByUser": false,
            "shareUrl": share_address(collection),
        })))
    }
}

impl<'w> From<&'w Collection> for CollectionName<'w> {
    fn from(collection: &'w Collection) -> Self {
        Self {
            name: collection.slug(),
            title: &collection.title,
            private: collection.private,
            upvotes: collection.upvotes,
        }
    }
}

fn share_address(collection: &Collection) -> String {
    format!("https://hf.co/collections/{}", collection.slug())
}
