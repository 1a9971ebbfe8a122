//! Which function answers which endpoint. The paths are the catalog's; there is no second list.

use super::answer::{Answer, Refusal};
use super::ask::Ask;
use super::{access, collect, collections, debate, discussions, people};
use crate::hub::catalog::{ENDPOINTS, NOT_OFFERED};
use crate::hub::path::Piece::{Lit, RepoId, RepoType};
use crate::hub::path::{Captured, Template};

/// Answers one endpoint.
pub(super) type Answerer = fn(&mut Ask<'_>) -> Result<Answer, Refusal>;

/// What the Hub serves too and no card knows of.
static BESIDES: &[(&str, Template, Answerer)] = &[(
    "GET",
    Template(&[RepoType, RepoId, Lit("auth-check"), Lit("write")]),
    access::auth_check_write,
)];

/// Finds who answers a request, and what the placeholders of its path stand for.
pub(super) fn find(method: &str, path: &str) -> Option<(Answerer, Captured)> {
    let segments: Vec<&str> = path.strip_prefix("/api/")?.split('/').collect();
    let offered = ENDPOINTS.iter().find_map(|endpoint| {
        let names = endpoint.path.match_segments(&segments)?;
        let answerer = answerer(endpoint.id).filter(|_| endpoint.method().to_string() == method)?;
        Some((answerer, names))
    });
    let not_offered = || {
        NOT_OFFERED
            .iter()
            .filter(|row| row.method == method)
            .find_map(|row| Some((unlisted(row.name)?, row.path.match_segments(&segments)?)))
    };
    let besides = || {
        BESIDES
            .iter()
            .filter(|(of, ..)| *of == method)
            .find_map(|(_, path, answerer)| Some((*answerer, path.match_segments(&segments)?)))
    };
    offered.or_else(not_offered).or_else(besides)
}

/// Who answers an endpoint of the catalog.
fn answerer(id: &str) -> Option<Answerer> {
    Some(match id {
        "whoami-v2" => people::whoami,
        "users.overview" => people::user_overview,
        "users.likes" => people::likes,
        "users.followers" => people::user_followers,
        "users.following" => people::following,
        "organizations.overview" => people::organization_overview,
        "organizations.members" => people::members,
        "organizations.followers" => people::organization_followers,
        "discussions.list" => discussions::list,
        "discussions.detail" => discussions::detail,
        "discussions.create" => debate::create,
        "discussions.comment" => debate::comment,
        "discussions.comment.edit" => debate::edit,
        "discussions.comment.hide" => debate::hide,
        "discussions.status" => debate::set_status,
        "access.pending" => access::pending,
        "access.accepted" => access::accepted,
        "access.rejected" => access::rejected,
        "access.reset" => access::reset,
        "access.handle" => access::decide,
        "access.grant" => access::grant,
        "collections.list" => collections::list,
        "collections.get" => collections::get,
        "collections.create" => collect::create,
        "collections.items.add" => collect::add_item,
        "auth-check" => access::auth_check,
        _ => return None,
    })
}

/// Who answers what a card names and the tool does not offer.
fn unlisted(name: &str) -> Option<Answerer> {
    Some(match name {
        "delete_collection" => collect::delete,
        "update_collection_metadata" => collect::update,
        "update_collection_item" => collect::update_item,
        "delete_collection_item" => collect::delete_item,
        "unlike" => people::unlike,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{ENDPOINTS, answerer};

    #[test]
    fn every_endpoint_of_the_catalog_is_answered() {
        for endpoint in ENDPOINTS {
            assert!(answerer(endpoint.id).is_some(), "nobody answers {}", endpoint.id);
        }
    }
}
