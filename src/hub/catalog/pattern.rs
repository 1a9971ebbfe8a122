//! One regular expression for all paths of the catalog, for the tool's JSON Schema.
//!
//! It guides a model and nothing else: what may be sent is decided by [`crate::hub::route`].

use super::table::ENDPOINTS;
use crate::hub::path::Piece;

/// A regular expression (ECMA 262, anchored) that every path of the catalog matches.
pub fn endpoint_pattern() -> String {
    let mut paths: Vec<&[Piece]> = ENDPOINTS.iter().map(|endpoint| endpoint.path.0).collect();
    paths.dedup();
    format!("^{}$", alternatives(&paths))
}

/// The pattern of several paths, their common beginnings written once.
fn alternatives(paths: &[&[Piece]]) -> String {
    let mut heads: Vec<Piece> = Vec::new();
    for head in paths.iter().filter_map(|path| path.first()) {
        if !heads.contains(head) {
            heads.push(*head);
        }
    }
    let mut branches: Vec<String> = heads
        .into_iter()
        .map(|head| {
            let tails: Vec<&[Piece]> = paths
                .iter()
                .filter(|path| path.first() == Some(&head))
                .map(|path| path.get(1..).unwrap_or_default())
                .collect();
            format!("/{}{}", piece(head), alternatives(&tails))
        })
        .collect();
    let may_end = paths.iter().any(|path| path.is_empty());
    match (branches.len(), may_end) {
        (0, _) => String::new(),
        (1, false) => branches.remove(0),
        (_, false) => format!("(?:{})", branches.join("|")),
        (_, true) => format!("(?:{})?", branches.join("|")),
    }
}

fn piece(piece: Piece) -> String {
    const NAME: &str = r"\w[\w.-]*";
    match piece {
        Piece::Lit(word) => word.to_owned(),
        Piece::RepoType => "(?:models|datasets|spaces)".to_owned(),
        Piece::RepoId => format!("{NAME}(?:/{NAME})?"),
        Piece::Username | Piece::Organization => NAME.to_owned(),
        Piece::Num => "[1-9][0-9]*".to_owned(),
        Piece::CommentId | Piece::ItemId => "[0-9a-fA-F]{24}".to_owned(),
        Piece::Slug => format!("{NAME}/{NAME}"),
    }
}

#[cfg(test)]
mod tests {
    use super::endpoint_pattern;

    #[test]
    fn the_pattern_says_beginnings_once() {
        insta::assert_snapshot!(endpoint_pattern(), @r"^(?:/whoami-v2|/users/\w[\w.-]*(?:/overview|/likes|/followers|/following)|/organizations/\w[\w.-]*(?:/overview|/members|/followers)|/(?:models|datasets|spaces)/\w[\w.-]*(?:/\w[\w.-]*)?(?:/discussions(?:/[1-9][0-9]*(?:/comment(?:/[0-9a-fA-F]{24}(?:/edit|/hide))?|/status)?)?|/user-access-request(?:/pending|/accepted|/rejected|/reset|/handle|/grant)|/auth-check)|/collections(?:/\w[\w.-]*/\w[\w.-]*(?:/items)?)?)$");
    }
}
