//! The rows of the catalog. Data only: to offer a new endpoint is to add a row here.
//!
//! Limits and enums are those of the Hub's `OpenAPI` description; page sizes and the moods of the
//! access-request endpoints were observed.

use super::decoration::{COLLECTION, DISCUSSION, EVENT, ITEM, REQUEST};
use super::{
    Action, Answer, Auth, Endpoint, Field, FieldKind, List, Need, Paging, Param, ParamKind, Place,
    Read, Repeat, Trim, Write, WriteKind,
};
use crate::hub::path::Piece::{
    CommentId, Lit, Num, Organization, RepoId, RepoType, Slug, Username,
};
use crate::hub::path::Template;

/// Every endpoint the tool calls.
pub static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "whoami-v2",
        names: &["whoami", "get_token_permission"],
        path: Template(&[Lit("whoami-v2")]),
        auth: Auth::AnyToken,
        action: read(Answer::Object, &[], &[]),
    },
    Endpoint {
        id: "users.overview",
        names: &["get_user_overview"],
        path: Template(&[Lit("users"), Username, Lit("overview")]),
        auth: Auth::Anyone,
        action: read(Answer::Object, &[], &[]),
    },
    Endpoint {
        id: "users.likes",
        names: &["list_liked_repos"],
        path: Template(&[Lit("users"), Username, Lit("likes")]),
        auth: Auth::Anyone,
        action: read(linked(None), &[CURSOR], &[]),
    },
    Endpoint {
        id: "users.followers",
        names: &["list_user_followers"],
        path: Template(&[Lit("users"), Username, Lit("followers")]),
        auth: Auth::Anyone,
        action: read(linked(Some(500)), &[CURSOR], &[]),
    },
    Endpoint {
        id: "users.following",
        names: &["list_user_following"],
        path: Template(&[Lit("users"), Username, Lit("following")]),
        auth: Auth::Anyone,
        action: read(linked(Some(500)), &[CURSOR], &[]),
    },
    Endpoint {
        id: "organizations.overview",
        names: &["get_organization_overview"],
        path: Template(&[Lit("organizations"), Organization, Lit("overview")]),
        auth: Auth::Anyone,
        action: read(Answer::Object, &[], &[]),
    },
    Endpoint {
        id: "organizations.members",
        names: &["list_organization_members"],
        path: Template(&[Lit("organizations"), Organization, Lit("members")]),
        auth: Auth::Anyone,
        action: read(
            linked(Some(500)),
            &[CURSOR, param("limit", ParamKind::PageSize(1, 500)), param("search", TEXT)],
            &[],
        ),
    },
    Endpoint {
        id: "organizations.followers",
        names: &["list_organization_followers"],
        path: Template(&[Lit("organizations"), Organization, Lit("followers")]),
        auth: Auth::Anyone,
        action: read(linked(Some(500)), &[CURSOR], &[]),
    },
    Endpoint {
        id: "discussions.list",
        names: &["get_repo_discussions"],
        path: Template(&[RepoType, RepoId, Lit("discussions")]),
        auth: Auth::Anyone,
        action: read(
            Answer::List(List { place: Place::Under("discussions"), paging: Paging::Numbered(50) }),
            &[
                param("type", ParamKind::OneOf(&["all", "discussion", "pull_request"])),
                param("status", ParamKind::OneOf(&["all", "open", "closed"])),
                param("author", ParamKind::Name),
                param("search", TEXT),
                param("sort", ParamKind::OneOf(&["recently-created", "trending", "reactions"])),
                param("p", ParamKind::PageNumber),
            ],
            DISCUSSION,
        ),
    },
    Endpoint {
        id: "discussions.detail",
        names: &["get_discussion_details"],
        path: Template(&[RepoType, RepoId, Lit("discussions"), Num]),
        auth: Auth::Anyone,
        action: read(
            Answer::List(List { place: Place::Under("events"), paging: Paging::Whole }),
            &[param("diff", ParamKind::Flag)],
            EVENT,
        ),
    },
    Endpoint {
        id: "discussions.create",
        names: &["create_discussion", "create_pull_request"],
        path: Template(&[RepoType, RepoId, Lit("discussions")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Open,
            body: &[
                required("title", FieldKind::Text(3, 200)),
                required("description", FieldKind::Text(1, 65_536)),
                optional("pullRequest", FieldKind::Boolean),
            ],
            one_of: &[],
            repeat: Repeat::Doubles,
        }),
    },
    Endpoint {
        id: "discussions.comment",
        names: &["comment_discussion"],
        path: Template(&[RepoType, RepoId, Lit("discussions"), Num, Lit("comment")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Comment,
            body: &[required("comment", FieldKind::Text(1, 65_536))],
            one_of: &[],
            repeat: Repeat::Doubles,
        }),
    },
    Endpoint {
        id: "discussions.comment.edit",
        names: &["edit_discussion_comment"],
        path: Template(&[
            RepoType,
            RepoId,
            Lit("discussions"),
            Num,
            Lit("comment"),
            CommentId,
            Lit("edit"),
        ]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Edit,
            body: &[required("content", FieldKind::Text(1, 65_536))],
            one_of: &[],
            repeat: Repeat::Harmless,
        }),
    },
    Endpoint {
        id: "discussions.comment.hide",
        names: &["hide_discussion_comment"],
        path: Template(&[
            RepoType,
            RepoId,
            Lit("discussions"),
            Num,
            Lit("comment"),
            CommentId,
            Lit("hide"),
        ]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Hide,
            body: &[],
            one_of: &[],
            repeat: Repeat::Harmless,
        }),
    },
    Endpoint {
        id: "discussions.status",
        names: &["change_discussion_status"],
        path: Template(&[RepoType, RepoId, Lit("discussions"), Num, Lit("status")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::SetStatus,
            body: &[
                required("status", FieldKind::OneOf(&["open", "closed"])),
                optional("comment", FieldKind::Text(1, 65_536)),
            ],
            one_of: &[],
            repeat: Repeat::Harmless,
        }),
    },
    Endpoint {
        id: "access.pending",
        names: &["list_pending_access_requests"],
        path: Template(&[RepoType, RepoId, Lit("user-access-request"), Lit("pending")]),
        auth: Auth::Writer,
        action: read(linked(Some(1000)), ACCESS_PARAMS, REQUEST),
    },
    Endpoint {
        id: "access.accepted",
        names: &["list_accepted_access_requests"],
        path: Template(&[RepoType, RepoId, Lit("user-access-request"), Lit("accepted")]),
        auth: Auth::Writer,
        action: read(linked(Some(1000)), ACCESS_PARAMS, REQUEST),
    },
    Endpoint {
        id: "access.rejected",
        names: &["list_rejected_access_requests"],
        path: Template(&[RepoType, RepoId, Lit("user-access-request"), Lit("rejected")]),
        auth: Auth::Writer,
        action: read(linked(Some(1000)), ACCESS_PARAMS, REQUEST),
    },
    Endpoint {
        id: "access.reset",
        names: &[],
        path: Template(&[RepoType, RepoId, Lit("user-access-request"), Lit("reset")]),
        auth: Auth::Writer,
        action: read(linked(Some(1000)), ACCESS_PARAMS, REQUEST),
    },
    Endpoint {
        id: "access.handle",
        names: &["accept_access_request", "cancel_access_request", "reject_access_request"],
        path: Template(&[RepoType, RepoId, Lit("user-access-request"), Lit("handle")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Decide,
            body: &[
                optional("user", FieldKind::Name),
                optional("userId", FieldKind::Text(1, 64)),
                optional("requestId", FieldKind::Text(1, 64)),
                required("status", FieldKind::OneOf(&["accepted", "rejected", "pending", "reset"])),
                optional("rejectionReason", FieldKind::Text(0, 200)),
                optional("resetReason", FieldKind::Text(0, 200)),
            ],
            one_of: &["user", "userId", "requestId"],
            repeat: Repeat::Refused,
        }),
    },
    Endpoint {
        id: "access.grant",
        names: &["grant_access"],
        path: Template(&[RepoType, RepoId, Lit("user-access-request"), Lit("grant")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Grant,
            body: &[optional("user", FieldKind::Name), optional("userId", FieldKind::Text(1, 64))],
            one_of: &["user", "userId"],
            repeat: Repeat::Refused,
        }),
    },
    Endpoint {
        id: "collections.list",
        names: &["list_collections"],
        path: Template(&[Lit("collections")]),
        auth: Auth::Anyone,
        action: read(
            linked(Some(10)),
            &[
                param("owner", ParamKind::Texts),
                param("item", ParamKind::Texts),
                param("q", TEXT),
                param("sort", ParamKind::OneOf(&["trending", "lastModified", "upvotes"])),
                param("limit", ParamKind::PageSize(1, 100)),
                CURSOR,
                param("expand", ParamKind::Boolean),
            ],
            COLLECTION,
        ),
    },
    Endpoint {
        id: "collections.get",
        names: &["get_collection"],
        path: Template(&[Lit("collections"), Slug]),
        auth: Auth::Anyone,
        action: read(
            Answer::List(List { place: Place::Under("items"), paging: Paging::Whole }),
            &[],
            ITEM,
        ),
    },
    Endpoint {
        id: "collections.create",
        names: &["create_collection"],
        path: Template(&[Lit("collections")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::Collect,
            body: &[
                required("title", FieldKind::Text(1, 60)),
                required("namespace", FieldKind::Name),
                optional("description", FieldKind::Text(0, 150)),
                optional("private", FieldKind::Boolean),
                optional("item", NEW_ITEM),
                optional("resourceGroupId", FieldKind::Text(1, 64)),
            ],
            one_of: &[],
            repeat: Repeat::Doubles,
        }),
    },
    Endpoint {
        id: "collections.items.add",
        names: &["add_collection_item"],
        path: Template(&[Lit("collections"), Slug, Lit("items")]),
        auth: Auth::Writer,
        action: Action::Write(Write {
            kind: WriteKind::AddItem,
            body: &[required("item", NEW_ITEM), optional("note", FieldKind::Text(0, 500))],
            one_of: &[],
            repeat: Repeat::Refused,
        }),
    },
    Endpoint {
        id: "auth-check",
        names: &["auth_check"],
        path: Template(&[RepoType, RepoId, Lit("auth-check")]),
        auth: Auth::Anyone,
        action: read(Answer::Text, &[], &[]),
    },
];

const CURSOR: Param = param("cursor", ParamKind::Cursor);
const TEXT: ParamKind = ParamKind::Text(250);
const NEW_ITEM: FieldKind =
    FieldKind::Item(&["model", "dataset", "space", "paper", "collection", "bucket"]);
const ACCESS_PARAMS: &[Param] = &[
    param("limit", ParamKind::PageSize(10, 1000)),
    param("after", ParamKind::Moment),
    param("before", ParamKind::Moment),
    param("q", TEXT),
];

const fn read(answer: Answer, params: &'static [Param], decoration: &'static [Trim]) -> Action {
    Action::Read(Read { answer, params, decoration })
}

const fn linked(page_size: Option<u64>) -> Answer {
    Answer::List(List { place: Place::Bare, paging: Paging::Link(page_size) })
}

const fn param(name: &'static str, kind: ParamKind) -> Param {
    Param { name, kind }
}

const fn required(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, need: Need::Required }
}

const fn optional(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, need: Need::Optional }
}
