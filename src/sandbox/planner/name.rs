//! The names people use on the Hub, read from one word of a question.
//!
//! It owns what a word must look like to be taken for a name, so that nothing else can end up in an
//! endpoint. It does not know whether anything of that name exists.

use std::fmt;

/// The longest name the Hub's own client lets through.
const LONGEST: usize = 96;

/// A user's or organization's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// Reads a name, leaving the case as it was typed.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !word.starts_with('-')
            && !word.ends_with('-')
            && word.bytes().any(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self(word.to_owned()))
    }

    /// Whether it looks like a handle rather than like a plain English word.
    pub(super) fn is_unmistakable(&self) -> bool {
        self.0.bytes().any(|b| !b.is_ascii_alphabetic())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds of repository that have discussions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RepoKind {
    Model,
    Dataset,
    Space,
}

impl RepoKind {
    /// Every kind, by what its repositories are called.
    pub(super) const ALL: [Self; 3] = [Self::Model, Self::Dataset, Self::Space];

    /// The word for one, which is also how the Hub's answers spell it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Dataset => "dataset",
            Self::Space => "space",
        }
    }

    /// The first segment of its endpoints.
    pub(super) fn segment(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
            Self::Space => "spaces",
        }
    }
}

/// A repository: its kind and its id, with or without a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repo {
    pub(super) kind: RepoKind,
    id: String,
}

impl Repo {
    /// Reads `a/b`, `datasets/a/b`, `models/a` or the address of a repository's page.
    ///
    /// A single segment is taken for a repository only where its kind is said.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = without_origin(word);
        let prefixed = RepoKind::ALL.into_iter().find_map(|kind| {
            let rest = word.strip_prefix(kind.segment())?.strip_prefix('/')?;
            Some((kind, rest))
        });
        match prefixed {
            Some((kind, id)) => Self::of_kind(kind, id),
            None if word.contains('/') => Self::of_kind(RepoKind::Model, word),
            None => None,
        }
    }

    /// Reads an id whose kind is known, as in "the dataset a/b".
    pub(super) fn of_kind(kind: RepoKind, id: &str) -> Option<Self> {
        let mut segments = id.split('/');
        let fits = segments.by_ref().take(2).all(is_repo_segment) && segments.next().is_none();
        fits.then(|| Self { kind, id: id.to_owned() })
    }

    /// The id, as in a page's address.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

/// A collection's slug: `namespace/words-<24 hex digits>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slug(String);

impl Slug {
    /// Reads a slug, also with `collections/` or the Hub's address before it.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let word = without_origin(word);
        let word = word.strip_prefix("collections/").unwrap_or(word);
        let (namespace, rest) = word.split_once('/')?;
        let (_, id) = rest.rsplit_once('-')?;
        let fits = Name::parse(namespace).is_some()
            && rest.len() <= 2 * LONGEST
            && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && is_object_id(id);
        fits.then(|| Self(word.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a comment: 24 hex digits, in lower case because the Hub looks it up so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CommentId(String);

impl CommentId {
    /// Reads an id in either case.
    pub(super) fn parse(word: &str) -> Option<Self> {
        is_object_id(word).then(|| Self(word.to_ascii_lowercase()))
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The number of a discussion: `7` or `#7`.
pub(super) fn number(word: &str) -> Option<u64> {
    let digits = word.strip_prefix('#').unwrap_or(word);
    let fits = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.parse().ok()).flatten()
}

fn is_object_id(word: &str) -> bool {
    word.len() == 24 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_repo_segment(segment: &str) -> bool {
    (1..=LONGEST).contains(&segment.len())
        && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        && !segment.starts_with(['-', '.'])
        && !segment.ends_with(['-', '.'])
        && !segment.contains("--")
        && !segment.contains("..")
}

/// The path of a page's address; anything else as it is.
fn without_origin(word: &str) -> &str {
    ["https://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/"]
        .into_iter()
        .find_map(|origin| word.strip_prefix(origin))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_inner_hyphens() {
        for word in ["ada-moreau", "Ada", "reader-0001", "old_name", "01-ai"] {
            assert_eq!(Name::parse(word).map(|name| name.to_string()).as_deref(), Some(word));
        }
        for word in ["", "-ada", "ada-", "a/b", "ada?x=1", "ada#", "a%2fb", "..", "ada\n", "é", "_"]
        {
            assert_eq!(Name::parse(word), None, "{word:?}");
        }
    }

    #[test]
    fn repositories_come_with_or_without_their_kind() {
        let read = |word| Repo::parse(word).map(|repo| (repo.kind.word(), repo.id().to_owned()));
        assert_eq!(read("a/b.c"), Some(("model", "a/b.c".to_owned())));
        assert_eq!(read("models/aurora"), Some(("model", "aurora".to_owned())));
        assert_eq!(read("datasets/a/b"), Some(("dataset", "a/b".to_owned())));
        assert_eq!(read("https://huggingface.co/spaces/a/b"), Some(("space", "a/b".to_owned())));
        for word in ["aurora", "a/b/c", "a/", "/b", "a/..", "a/b?x", "https://evil.example/a/b"] {
            assert_eq!(read(word), None, "{word:?}");
        }
    }

    #[test]
    fn slugs_end_in_an_object_id() {
        let slug = "lumen-labs/aurora-7b-family-69050a07f07cd7ad625a4e11";
        for word in [slug.to_owned(), format!("https://hf.co/collections/{slug}")] {
            assert_eq!(Slug::parse(&word).map(|slug| slug.to_string()).as_deref(), Some(slug));
        }
        for word in ["lumen-labs/aurora-7b", "69050a07f07cd7ad625a4e11", "a/b/../69050a07f07cd7ad"]
        {
            assert_eq!(Slug::parse(word), None, "{word:?}");
        }
    }

    #[test]
    fn numbers_may_carry_a_hash() {
        assert_eq!(number("#7"), Some(7));
        assert_eq!(number("63"), Some(63));
        for word in ["", "#", "-1", "7a", "+7", "99999999999"] {
            assert_eq!(number(word), None, "{word:?}");
        }
    }
}
