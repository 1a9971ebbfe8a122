//! What a card names, or a model is likely to try, and this tool does not do: each with its reason.

use super::NotOffered;
use crate::hub::path::Piece::{ItemId, Lit, Num, RepoId, RepoType, Slug};
use crate::hub::path::Template;

/// The rows, in the order in which they are looked up.
pub static NOT_OFFERED: &[NotOffered] = &[
    NotOffered {
        name: "delete_collection",
        method: "DELETE",
        path: Template(&[Lit("collections"), Slug]),
        why: "Deleting a collection is not possible with this tool (GET and POST only); its owner \
              can delete it on its page on the Hub.",
    },
    NotOffered {
        name: "update_collection_metadata",
        method: "PATCH",
        path: Template(&[Lit("collections"), Slug]),
        why: "Changing a collection's title, description, theme, visibility or position is not \
              possible with this tool (GET and POST only); its owner can edit it on its page on \
              the Hub.",
    },
    NotOffered {
        name: "update_collection_item",
        method: "PATCH",
        path: Template(&[Lit("collections"), Slug, Lit("items"), ItemId]),
        why: "Changing an item's note or position is not possible with this tool (GET and POST \
              only); the collection's owner can do it on its page on the Hub.",
    },
    NotOffered {
        name: "delete_collection_item",
        method: "DELETE",
        path: Template(&[Lit("collections"), Slug, Lit("items"), ItemId]),
        why: "Removing an item from a collection is not possible with this tool (GET and POST \
              only); the collection's owner can do it on its page on the Hub.",
    },
    NotOffered {
        name: "like",
        method: "POST",
        path: Template(&[RepoType, RepoId, Lit("like")]),
        why: "The Hub does not let programs like a repo; a person can do it on the repo's page. \
              GET /users/{username}/likes lists what somebody likes.",
    },
    NotOffered {
        name: "unlike",
        method: "DELETE",
        path: Template(&[RepoType, RepoId, Lit("like")]),
        why: "Taking a like back is not possible with this tool (GET and POST only); a person can \
              do it on the repo's page.",
    },
    NotOffered {
        name: "merge_pull_request",
        method: "POST",
        path: Template(&[RepoType, RepoId, Lit("discussions"), Num, Lit("merge")]),
        why: "Merging a pull request is not offered by this tool; somebody with write access can \
              do it on the pull request's page.",
    },
    NotOffered {
        name: "rename_discussion",
        method: "POST",
        path: Template(&[RepoType, RepoId, Lit("discussions"), Num, Lit("title")]),
        why: "Renaming a discussion is not offered by this tool; its author can do it on the \
              discussion's page.",
    },
];
