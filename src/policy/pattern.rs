//! A path with `*` in it, each standing for exactly one segment.
//!
//! A `*` stands for a name, a number or a kind of repo, never for a word of an endpoint: what a
//! rule is about is always written out.

use std::fmt;

use super::rule::RuleError;
use super::writes;
use crate::hub::path::{Captured, Piece, Template};

/// A pattern for the paths of writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// `*`.
    Any,
    /// This and nothing else.
    Word(String),
}

/// Whether upper and lower case are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// They are.
    Sensitive,
    /// They are not, as on the Hub itself, which finds a repo under any spelling of its name.
    Insensitive,
}

impl Pattern {
    /// Reads the path of `POST /models/my-org/*/discussions/*/comment`, which must be able to match
    /// some writing endpoint, and behind which nothing else may stand.
    pub(super) fn parse(path: &str, rest: &str) -> Result<Self, RuleError> {
        if !rest.is_empty() {
            let message = format!("found `{rest}` after the path");
            let hint = "conditions on the body are written in the config, as `body = { … }`";
            return Err(RuleError::new(message).hint(hint));
        }
        let segment = |text: &str| match text {
            "*" => Segment::Any,
            word => Segment::Word(word.to_owned()),
        };
        let pattern = Self(path[1..].split('/').map(segment).collect());
        if writes().any(|endpoint| pattern.fits(endpoint.path.0)) {
            return Ok(pattern);
        }
        let nearest = pattern
            .nearest()
            .map_or_else(String::new, |nearest| format!("; nearest is `POST {nearest}`"));
        let hint = "a `*` stands for exactly one name or number, never for a word of the endpoint";
        Err(RuleError::new(format!("no write has the path `{path}`{nearest}")).hint(hint))
    }

    /// The pattern for the same endpoint on the same repo or collection, whatever the discussion.
    pub(super) fn around(template: Template, captured: &Captured) -> Self {
        Self::from_pieces(template, |piece| match piece {
            Piece::Num | Piece::CommentId => vec![Segment::Any],
            piece => {
                let text = captured.get(piece).unwrap_or("*");
                text.split('/').map(|word| Segment::Word(word.to_owned())).collect()
            }
        })
    }

    /// Whether it matches a path.
    pub(super) fn matches(&self, path: &str, case: Case) -> bool {
        let Some(path) = path.strip_prefix('/') else { return false };
        let segments: Vec<&str> = path.split('/').collect();
        self.0.len() == segments.len()
            && self.0.iter().zip(segments).all(|(pattern, segment)| match (pattern, case) {
                (Segment::Any, _) => true,
                (Segment::Word(word), Case::Sensitive) => word == segment,
                (Segment::Word(word), Case::Insensitive) => word.eq_ignore_ascii_case(segment),
            })
    }

    /// Whether it names one path word for word.
    pub(super) fn is_exact(&self) -> bool {
        !self.0.contains(&Segment::Any)
    }

    /// The most general pattern for a template, with this for the kind of repo.
    fn of_template(template: Template, repo_type: &str) -> Self {
        Self::from_pieces(template, |piece| match piece {
            Piece::RepoId | Piece::Slug => vec![Segment::Any, Segment::Any],
            Piece::RepoType => vec![Segment::Word(repo_type.to_owned())],
            _ => vec![Segment::Any],
        })
    }

    fn from_pieces(template: Template, placeholder: impl Fn(Piece) -> Vec<Segment>) -> Self {
        let segments = template.0.iter().flat_map(|piece| match piece {
            Piece::Lit(word) => vec![Segment::Word((*word).to_owned())],
            piece => placeholder(*piece),
        });
        Self(segments.collect())
    }

    /// Whether some path of a template could match, the words of the template being written out.
    fn fits(&self, pieces: &[Piece]) -> bool {
        fits(&self.0, pieces)
    }

    /// The pattern of an endpoint that looks most like this.
    fn nearest(&self) -> Option<String> {
        let written = self.to_string();
        let repo_type = match self.0.first() {
            Some(Segment::Word(word)) if Piece::RepoType.takes(0, word) => word,
            _ => "models",
        };
        writes()
            .map(|endpoint| Self::of_template(endpoint.path, repo_type).to_string())
            .map(|pattern| (strsim::normalized_levenshtein(&written, &pattern), pattern))
            .filter(|(likeness, _)| *likeness > 0.4)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, pattern)| pattern)
    }
}

fn fits(segments: &[Segment], pieces: &[Piece]) -> bool {
    let Some((piece, pieces)) = pieces.split_first() else {
        return segments.is_empty();
    };
    piece.widths().iter().any(|width| {
        segments.split_at_checked(*width).is_some_and(|(head, tail)| {
            let taken = head.iter().enumerate().all(|(position, segment)| match segment {
                Segment::Any => !matches!(piece, Piece::Lit(_)),
                Segment::Word(word) => piece.takes(position, word),
            });
            taken && fits(tail, pieces)
        })
    })
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|segment| match segment {
            Segment::Any => write!(f, "/*"),
            Segment::Word(word) => write!(f, "/{word}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::catalog::Endpoint;
    use crate::policy::Subject;

    fn parse(text: &str) -> Result<String, String> {
        Subject::parse(text).map(|subject| subject.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_pattern_is_a_path_of_the_catalog_with_stars_for_names() {
        for text in [
            "POST /models/my-org/*/discussions/*/comment",
            "POST /models/*/*/discussions",
            "POST /*/*/*/discussions/7/status",
            "POST /models/gpt2/discussions/*/comment",
            "POST /collections",
            "POST /collections/*/*/items",
            "POST /datasets/a/b/user-access-request/handle",
        ] {
            assert_eq!(parse(text), Ok(text.to_owned()));
        }
        assert_eq!(parse("post  /api/collections/ "), Ok("POST /collections".to_owned()));
    }

    #[test]
    fn what_matches_no_write_is_refused_with_the_nearest() {
        let refusals = [
            "/models/a/b/discussions",
            "GET /whoami-v2",
            "DELETE /collections/a/b-1",
            "POST models/a/b/discussions",
            "POST /datasets/my-org/*/discussion/*/comment",
            "POST /*/*/*/*",
            "POST /models/my-org/*/*/*/comment",
            "POST /models/my-org/**/comment",
            "POST /models/my-org/m*/discussions",
            "POST /models/a/b/like",
            "POST /models/a/b/discussions/x/comment",
            "POST /collections {\"namespace\": \"a\"}",
        ];
        let texts: Vec<String> = refusals.map(|text| parse(text).unwrap_err()).into();
        insta::assert_snapshot!(texts.join("\n"), @r#"
        the method is missing: write `POST /models/a/b/discussions`
        reads are never asked about; rules are about `POST`
        expected `POST /…` or the name of a tool, found `DELETE /collections/a/b-1`
        the path must start with `/`, found `models/a/b/discussions`
        no write has the path `/datasets/my-org/*/discussion/*/comment`; nearest is `POST /datasets/*/*/discussions/*/comment`
        no write has the path `/*/*/*/*`
        no write has the path `/models/my-org/*/*/*/comment`; nearest is `POST /models/*/*/discussions/*/comment`
        no write has the path `/models/my-org/**/comment`; nearest is `POST /models/*/*/discussions/*/comment`
        no write has the path `/models/my-org/m*/discussions`; nearest is `POST /models/*/*/discussions`
        no write has the path `/models/a/b/like`; nearest is `POST /models/*/*/discussions`
        no write has the path `/models/a/b/discussions/x/comment`; nearest is `POST /models/*/*/discussions/*/comment`
        found `{"namespace": "a"}` after the path
        "#);
    }

    #[test]
    fn no_pattern_for_one_write_matches_a_path_of_another() {
        let pattern_of = |endpoint: &Endpoint| Pattern::of_template(endpoint.path, "models");
        let path_of = |endpoint: &Endpoint| {
            pattern_of(endpoint).to_string().replace('*', "69050a076b82c8674826db85")
        };
        for one in writes() {
            for other in writes() {
                let matches = pattern_of(one).matches(&path_of(other), Case::Sensitive);
                assert_eq!(matches, one.id == other.id, "{} and {}", one.id, other.id);
            }
        }
    }
}
