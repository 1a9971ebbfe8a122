//! Paths: the templates of the catalog and how a written path is matched against one.
//!
//! A path that matched is safe to send: every segment of it passed a character class in which no
//! separator, escape or control has a place. It knows no method and no query.

use std::fmt;

/// The longest name of a user, an organization or a repo.
const NAME_MAX: usize = 96;

/// The longest last part of a collection's slug.
const SLUG_MAX: usize = 200;

/// A path of the Hub's API without `/api`, with placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template(pub &'static [Piece]);

/// A piece of a template: most are one segment of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// This word.
    Lit(&'static str),
    /// `models`, `datasets` or `spaces`.
    RepoType,
    /// One or two segments: legacy repos have no namespace.
    RepoId,
    /// A user's name.
    Username,
    /// An organization's name.
    Organization,
    /// A discussion's number, from 1.
    Num,
    /// A comment's id: 24 hexadecimal digits.
    CommentId,
    /// A collection item's id: 24 hexadecimal digits.
    ItemId,
    /// Two segments: `namespace/words-<24 hex>`, or `namespace/words`.
    Slug,
}

/// What the placeholders of a template stood for in a path that matched it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured(Vec<(Piece, String)>);

impl Template {
    /// Matches the segments of a path, all of them.
    pub fn match_segments(&self, segments: &[&str]) -> Option<Captured> {
        let mut captured = Captured::default();
        match_pieces(self.0, segments, &mut captured.0).then_some(captured)
    }

    /// The path with its placeholders filled in.
    pub fn fill(&self, captured: &Captured) -> String {
        let mut path = String::new();
        for piece in self.0 {
            path.push('/');
            match piece {
                Piece::Lit(word) => path.push_str(word),
                placeholder => path.push_str(captured.get(*placeholder).unwrap_or_default()),
            }
        }
        path
    }

    /// Whether the first segment could be the first of a path of this kind.
    pub fn begins_like(&self, segments: &[&str]) -> bool {
        matches!((self.0, segments), ([piece, ..], [segment, ..]) if piece.accepts(&[*segment]))
    }

    /// The most segments a path of this kind has.
    pub fn longest(&self) -> usize {
        self.0.iter().filter_map(|piece| piece.widths().iter().max()).sum()
    }

    /// The words of it that are not placeholders.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Lit(word) => Some(*word),
            _ => None,
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| write!(f, "/{piece}"))
    }
}

impl Captured {
    /// What this placeholder stood for.
    pub fn get(&self, placeholder: Piece) -> Option<&str> {
        self.0.iter().find(|(piece, _)| *piece == placeholder).map(|(_, text)| text.as_str())
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lit(word) => word,
            Self::RepoType => "{repo_type}s",
            Self::RepoId => "{repo_id}",
            Self::Username => "{username}",
            Self::Organization => "{organization}",
            Self::Num => "{num}",
            Self::CommentId => "{comment_id}",
            Self::ItemId => "{item_id}",
            Self::Slug => "{slug}",
        })
    }
}

/// Matches pieces from the left; a repo id tries two segments before one.
fn match_pieces(pieces: &[Piece], segments: &[&str], captured: &mut Vec<(Piece, String)>) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return segments.is_empty();
    };
    for width in piece.widths().iter().copied().filter(|width| *width <= segments.len()) {
        let (head, tail) = segments.split_at(width);
        if piece.accepts(head) {
            let before = captured.len();
            if !matches!(piece, Piece::Lit(_)) {
                captured.push((*piece, piece.canonical(head)));
            }
            if match_pieces(rest, tail, captured) {
                return true;
            }
            captured.truncate(before);
        }
    }
    false
}

impl Piece {
    /// How many segments it may take, in the order to try.
    pub const fn widths(self) -> &'static [usize] {
        match self {
            Self::RepoId => &[2, 1],
            Self::Slug => &[2],
            _ => &[1],
        }
    }

    fn accepts(self, segments: &[&str]) -> bool {
        segments.iter().enumerate().all(|(position, segment)| self.takes(position, segment))
    }

    /// Whether it takes this as its segment at a position, counted from 0.
    pub fn takes(self, position: usize, segment: &str) -> bool {
        match self {
            Self::Lit(word) => segment == word,
            Self::RepoType => matches!(segment, "models" | "datasets" | "spaces"),
            Self::RepoId | Self::Username | Self::Organization => is_name(segment, NAME_MAX),
            Self::Slug => is_name(segment, if position == 0 { NAME_MAX } else { SLUG_MAX }),
            Self::Num => is_number(segment),
            Self::CommentId | Self::ItemId => is_object_id(segment),
        }
    }

    /// The Hub looks ids up in lower case.
    fn canonical(self, segments: &[&str]) -> String {
        match self {
            Self::CommentId | Self::ItemId => segments.concat().to_ascii_lowercase(),
            _ => segments.join("/"),
        }
    }
}

/// Whether this can be the name of a user, an organization or a repo.
pub fn is_name(text: &str, longest: usize) -> bool {
    let first = text.bytes().next();
    first.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.len() <= longest
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && !text.contains("..")
}

fn is_number(text: &str) -> bool {
    text.len() <= 10
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
        && !text.is_empty()
}

fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::Piece::{CommentId, Lit, Num, RepoId, RepoType, Slug};
    use super::{Captured, Template};

    const DETAIL: Template = Template(&[RepoType, RepoId, Lit("discussions"), Num]);

    fn match_path(template: Template, path: &str) -> Option<Captured> {
        template.match_segments(&path.split('/').skip(1).collect::<Vec<_>>())
    }

    #[test]
    fn a_repo_id_has_one_or_two_segments() {
        let two = match_path(DETAIL, "/models/lumen-labs/aurora-7b/discussions/7").unwrap();
        assert_eq!(two.get(RepoId), Some("lumen-labs/aurora-7b"));
        let one = match_path(DETAIL, "/models/gpt2/discussions/7").unwrap();
        assert_eq!(one.get(RepoId), Some("gpt2"));
        let clash = match_path(DETAIL, "/models/discussions/discussions/7").unwrap();
        assert_eq!(clash.get(RepoId), Some("discussions"));
        assert_eq!(DETAIL.fill(&clash), "/models/discussions/discussions/7");
    }

    #[test]
    fn a_slug_holds_a_slash() {
        let template = Template(&[Lit("collections"), Slug, Lit("items")]);
        let path = "/collections/lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11/items";
        assert_eq!(template.fill(&match_path(template, path).unwrap()), path);
        assert_eq!(
            match_path(template, "/collections/aurora-69050a07f07cd7ad625a4e11/items"),
            None
        );
    }

    #[test]
    fn comment_ids_are_sent_in_lower_case() {
        let template = Template(&[Lit("comment"), CommentId]);
        let captured = match_path(template, "/comment/69050A076B82C8674826DB85").unwrap();
        assert_eq!(template.fill(&captured), "/comment/69050a076b82c8674826db85");
    }

    #[test]
    fn nothing_that_could_leave_its_segment_is_a_name() {
        let bad =
            ["", ".", "..", "a..b", "-a", ".a", "a?b", "a#b", "a%2e", "a\\b", "a b", "a\0", "é"];
        for name in bad {
            assert!(match_path(DETAIL, &format!("/models/{name}/x/discussions/1")).is_none());
        }
        for num in ["0", "01", "-1", "1.0", "12345678901", "1a", "+1"] {
            assert!(
                match_path(DETAIL, &format!("/models/a/b/discussions/{num}")).is_none(),
                "{num}"
            );
        }
    }
}
