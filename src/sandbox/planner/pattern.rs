//! A small language for what a question looks like, and fitting a sentence to it.
//!
//! A pattern is a row of elements: a concept of the vocabulary (`followers`), a choice of them
//! (`follow|followed`), or a slot (`{name}`); a `?` after one makes it optional. Fillers may stand
//! anywhere between. A sentence fits only when every other word of it is used up, so a question
//! that is understood in part is not understood. It knows no question.

use std::collections::HashSet;

use super::name::{CommentId, Name, Repo, RepoKind, Slug, number};
use super::question::{Account, AccountKind, RequestState, Status, ThreadKind, Who};
use super::sentence::{Sentence, Weight, Word};

/// What the slots of a pattern were filled with.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Found {
    pub(super) accounts: Vec<Account>,
    pub(super) repo: Option<Repo>,
    pub(super) repo_kind: Option<RepoKind>,
    pub(super) slug: Option<Slug>,
    pub(super) comment: Option<CommentId>,
    pub(super) number: Option<u64>,
    pub(super) status: Option<Status>,
    pub(super) state: Option<RequestState>,
    pub(super) kinds: Vec<ThreadKind>,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
}

impl Found {
    /// The only account, if there is one.
    pub(super) fn account(mut self) -> Option<Account> {
        self.accounts.pop()
    }

    /// The kind of thread that was asked for; both where both were named.
    pub(super) fn kind(&self) -> Option<ThreadKind> {
        match self.kinds.as_slice() {
            [] => None,
            [kind] => Some(*kind),
            [first, rest @ ..] if rest.iter().all(|kind| kind == first) => Some(*first),
            [..] => Some(ThreadKind::Any),
        }
    }
}

/// Fits a sentence to a pattern.
pub(super) fn fit(pattern: &str, sentence: &Sentence<'_>) -> Option<Found> {
    let mut elements: Vec<Element<'_>> = pattern.split(' ').map(Element::parse).collect();
    let mut found = Found::default();
    if let Some(Element { want: Want::Slot(Slot::Text), presence }) = elements.last().copied() {
        elements.pop();
        match (sentence.text, presence) {
            (Some(text), _) => found.text = Some(text.to_owned()),
            (None, Presence::Optional) => {}
            (None, Presence::Required) => return None,
        }
    } else if sentence.text.is_some() {
        return None;
    }
    Fitting { sentence, dead_ends: HashSet::new() }.rest(&elements, &sentence.words, &found)
}

/// One attempt, with the places from which the rest cannot fit.
///
/// Whether the rest fits depends on nothing but the place, so each is tried once and a sentence of
/// fillers costs no more than any other.
struct Fitting<'s> {
    sentence: &'s Sentence<'s>,
    dead_ends: HashSet<(usize, usize)>,
}

impl Fitting<'_> {
    fn rest(
        &mut self,
        elements: &[Element<'_>],
        words: &[Word<'_>],
        found: &Found,
    ) -> Option<Found> {
        if elements.is_empty() && words.is_empty() {
            return Some(found.clone());
        }
        let place = (elements.len(), words.len());
        if self.dead_ends.contains(&place) {
            return None;
        }
        let fitted = self.element(elements, words, found).or_else(|| match words {
            [Word { weight: Weight::Filler, .. }, following @ ..] => {
                self.rest(elements, following, found)
            }
            _ => None,
        });
        if fitted.is_none() {
            self.dead_ends.insert(place);
        }
        fitted
    }

    fn element(
        &mut self,
        elements: &[Element<'_>],
        words: &[Word<'_>],
        found: &Found,
    ) -> Option<Found> {
        let (element, following) = elements.split_first()?;
        let taken = match element.want {
            Want::Slot(Slot::Title) => self.title(following, words, found),
            Want::Slot(Slot::Quoted) => {
                self.quoted(words).and_then(|title| self.titled(title, following, words, found))
            }
            Want::Slot(slot) => slot.take(words, found).and_then(|(used, found)| {
                self.rest(following, words.get(used..).unwrap_or_default(), &found)
            }),
            Want::Concepts(concepts) => words.split_first().and_then(|(word, left)| {
                let concept = word.concept?;
                concepts.split('|').any(|wanted| wanted == concept).then_some(())?;
                self.rest(following, left, found)
            }),
        };
        taken.or_else(|| match element.presence {
            Presence::Optional => self.rest(following, words, found),
            Presence::Required => None,
        })
    }

    /// A title is what is between quotation marks; without any, all that is left or the shortest
    /// run of words after which the rest fits.
    fn title(
        &mut self,
        following: &[Element<'_>],
        words: &[Word<'_>],
        found: &Found,
    ) -> Option<Found> {
        if let Some(title) = self.quoted(words) {
            return self.titled(title, following, words, found);
        }
        let shortest = if following.is_empty() { words.len().max(1) } else { 1 };
        (shortest..=words.len())
            .find_map(|length| self.titled(words.get(..length)?, following, words, found))
    }

    /// The first word, if it is in quotation marks.
    fn quoted<'w, 'q>(&self, words: &'w [Word<'q>]) -> Option<&'w [Word<'q>]> {
        words.get(..1).filter(|first| self.sentence.is_quoted(first))
    }

    /// Takes these first words for the title.
    fn titled(
        &mut self,
        title: &[Word<'_>],
        following: &[Element<'_>],
        words: &[Word<'_>],
        found: &Found,
    ) -> Option<Found> {
        let text = Some(self.sentence.span(title)).filter(|text| !text.is_empty())?;
        let found = Found { title: Some(text.to_owned()), ..found.clone() };
        self.rest(following, words.get(title.len()..)?, &found)
    }
}

/// One element of a pattern.
#[derive(Debug, Clone, Copy)]
struct Element<'p> {
    want: Want<'p>,
    presence: Presence,
}

#[derive(Debug, Clone, Copy)]
enum Want<'p> {
    /// One of these, separated by `|`.
    Concepts(&'p str),
    Slot(Slot),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Required,
    Optional,
}

impl<'p> Element<'p> {
    fn parse(written: &'p str) -> Self {
        let (written, presence) = written
            .strip_suffix('?')
            .map_or((written, Presence::Required), |bare| (bare, Presence::Optional));
        Self { want: Slot::parse(written).map_or(Want::Concepts(written), Want::Slot), presence }
    }
}

/// The places of a pattern that a sentence fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// A user or organization, or "me"; "the organization x" says which.
    Name,
    /// The same, but not a plain English word.
    Handle,
    Repo,
    RepoKind,
    Slug,
    Comment,
    Number,
    Status,
    State,
    Kind,
    Title,
    /// A title in quotation marks.
    Quoted,
    /// What follows the colon; only at the end of a pattern.
    Text,
}

impl Slot {
    fn parse(written: &str) -> Option<Self> {
        Some(match written {
            "{name}" => Self::Name,
            "{handle}" => Self::Handle,
            "{repo}" => Self::Repo,
            "{models}" => Self::RepoKind,
            "{slug}" => Self::Slug,
            "{comment}" => Self::Comment,
            "{number}" => Self::Number,
            "{status}" => Self::Status,
            "{state}" => Self::State,
            "{kind}" => Self::Kind,
            "{title}" => Self::Title,
            "{quoted}" => Self::Quoted,
            "{text}" => Self::Text,
            _ => return None,
        })
    }

    /// Fills the slot from the first words: how many it took, and what is found then.
    fn take(self, words: &[Word<'_>], found: &Found) -> Option<(usize, Found)> {
        let found = found.clone();
        let (first, _) = words.split_first()?;
        let text = first.text;
        let filled = match self {
            Self::Name | Self::Handle => return self.take_account(words, found),
            Self::Repo => return take_repo(words, found),
            Self::RepoKind => Found { repo_kind: Some(repo_kind(first)?), ..found },
            Self::Slug => Found { slug: Some(Slug::parse(text)?), ..found },
            Self::Comment => Found { comment: Some(CommentId::parse(text)?), ..found },
            Self::Number => Found { number: Some(number(text)?), ..found },
            Self::Status => Found { status: Some(Status::of(first.concept?)?), ..found },
            Self::State => Found { state: Some(RequestState::of(first.concept?)?), ..found },
            Self::Kind => {
                let mut found = found;
                found.kinds.push(ThreadKind::of(first.concept?)?);
                found
            }
            Self::Title | Self::Quoted | Self::Text => return None,
        };
        Some((1, filled))
    }

    fn take_account(self, words: &[Word<'_>], mut found: Found) -> Option<(usize, Found)> {
        let (kind, named, used) = match words {
            [Word { concept: Some("user"), .. }, named, ..] => (AccountKind::User, named, 2),
            [Word { concept: Some("organization"), .. }, named, ..]
            | [named, Word { concept: Some("organization"), .. }, ..] => {
                (AccountKind::Organization, named, 2)
            }
            [named, ..] => (AccountKind::Unsaid, named, 1),
            [] => return None,
        };
        let who = match named.concept {
            Some("me") => Who::Me,
            Some(_) => return None,
            None => Who::Named(Name::parse(named.text)?),
        };
        let fits = match (self, &who) {
            (Self::Handle, Who::Named(name)) => name.is_unmistakable(),
            _ => true,
        };
        found.accounts.push(Account { who, kind });
        fits.then_some((used, found))
    }
}

/// A repository, with its kind before it or after it: "the dataset a/b", "the a/b space".
fn take_repo(words: &[Word<'_>], found: Found) -> Option<(usize, Found)> {
    let (first, following) = words.split_first()?;
    let next = following.first();
    if let (Some(kind), Some(named)) = (repo_kind(first), next) {
        let repo = Repo::of_kind(kind, named.text).filter(|_| named.concept.is_none())?;
        return Some((2, Found { repo: Some(repo), ..found }));
    }
    let plain = Repo::parse(first.text).filter(|_| first.concept.is_none())?;
    if let Some(kind) = next.and_then(repo_kind) {
        let repo = Repo::of_kind(kind, plain.id());
        return Some((2, Found { repo, ..found }));
    }
    Some((1, Found { repo: Some(plain), ..found }))
}

fn repo_kind(word: &Word<'_>) -> Option<RepoKind> {
    RepoKind::ALL.into_iter().find(|kind| word.concept == Some(kind.segment()))
}

#[cfg(test)]
pub(super) fn is_well_formed(pattern: &str) -> bool {
    pattern.split(' ').map(Element::parse).all(|element| match element.want {
        Want::Slot(_) => true,
        Want::Concepts(concepts) => concepts.split('|').all(super::vocabulary::is_known),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, question: &str) -> Option<Found> {
        fit(pattern, &Sentence::parse(question).expect("short enough"))
    }

    #[test]
    fn fillers_may_stand_anywhere_and_everything_else_must_be_used() {
        assert!(fits("followers {name}", "show me the followers of ada-moreau please").is_some());
        assert!(fits("followers {name}", "poems about followers of ada-moreau").is_none());
        assert!(fits("followers {name}", "followers of ada-moreau and kenji-watts").is_none());
        assert!(fits("followers {name}", "followers of members").is_none());
    }

    #[test]
    fn the_kind_of_a_repository_may_stand_on_either_side() {
        for question in
            ["access to the dataset a/b", "access to datasets/a/b", "access a/b dataset"]
        {
            let repo = fits("access {repo}", question).and_then(|found| found.repo);
            assert_eq!(repo, Repo::parse("datasets/a/b"), "{question}");
        }
    }

    #[test]
    fn free_text_is_taken_only_where_a_pattern_has_a_place_for_it() {
        let text = |pattern, question| fits(pattern, question).map(|found| found.text);
        assert_eq!(text("close {number} {text}?", "close 7: done"), Some(Some("done".to_owned())));
        assert_eq!(text("close {number} {text}?", "close 7"), Some(None));
        assert_eq!(text("close {number} {text}", "close 7"), None);
        assert_eq!(text("close {number}", "close 7: done"), None);
    }

    #[test]
    fn a_flood_of_fillers_costs_no_more_than_other_words() {
        let pattern = "who? who? what? which? {name}? {name}? in? about? access {repo}";
        let flood = "who what which in about ".repeat(9);
        let start = std::time::Instant::now();
        assert!(fits(pattern, &flood).is_none());
        assert!(start.elapsed() < std::time::Duration::from_secs(10));
    }
}
