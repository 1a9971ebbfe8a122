//! What holds for every input there can be: one function for each fuzz target.
//!
//! It is built for fuzzers and tests alone. `fuzz/corpus` holds the inputs the tests replay.

use std::path::Path;

use serde_json::Map;
use url::Url;

use crate::card::{self, Origin};
use crate::hub::{self, Call};
use crate::model_spec::ModelSpec;

pub use crate::model::oracle::{harmony, repair, stream};
pub use crate::transcript::check as transcript;

/// A function that panics where something does not hold for these bytes.
pub type Target = fn(&[u8]);

/// The fuzz targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("front_matter", front_matter),
    ("stream", stream),
    ("repair", repair),
    ("harmony", harmony),
    ("model_spec", model_spec),
    ("endpoint", endpoint),
    ("transcript", transcript),
];

/// Checks the reading of a card: it loads, or there is something to say against it, in its lines.
pub fn front_matter(bytes: &[u8]) {
    let variables = |name: &str| name.len().is_multiple_of(2).then(|| name.repeat(3));
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
    for name in ["card.md", "card.yaml"] {
        if let Err(complaints) = card::parse(Path::new(name), bytes, Origin::Local, &variables) {
            assert!(!complaints.is_empty(), "refused without a word");
            for place in complaints.iter().filter_map(|complaint| complaint.place) {
                assert!((1..=lines + 1).contains(&place.line), "line {} of {lines}", place.line);
            }
        }
    }
}

/// Checks a model spec: what is parsed is written so that it parses to the same.
pub fn model_spec(bytes: &[u8]) {
    let Ok(spec) = String::from_utf8_lossy(bytes).parse::<ModelSpec>() else { return };
    let written = spec.to_string();
    assert_eq!(written.parse().as_ref(), Ok(&spec), "{written:?}");
}

/// Checks the endpoint of a Hub call, the first line its method and the second its path: what is
/// allowed is a path of plain segments that means the same when it is written so.
pub fn endpoint(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (method, endpoint) = text.split_once('\n').unwrap_or(("", &text));
    let Ok(origin) = Url::parse("https://huggingface.co") else { return };
    let params = Map::new();
    let resolve = |endpoint| hub::resolve(&Call { endpoint, method, params: &params }, &origin);
    let Ok(route) = resolve(endpoint) else { return };
    let path = route.path.as_str();
    assert!(path.starts_with('/'), "{path:?}");
    for segment in path[1..].split('/') {
        assert!(!matches!(segment, "" | "." | ".."), "{path:?} of {endpoint:?}");
    }
    let sent = origin.join(&format!("/api{path}")).map(|url| url.path().to_owned());
    assert_eq!(sent, Ok(format!("/api{path}")), "{path:?} of {endpoint:?}");
    let again = resolve(path).map(|again| (again.path, again.endpoint.id));
    assert_eq!(again, Ok((route.path.clone(), route.endpoint.id)), "{endpoint:?}");
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Inputs that were found, and small ones of every kind: they hold, and none is forgotten.
    #[test]
    fn the_corpus_holds() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        for (name, target) in TARGETS {
            let inputs = fs::read_dir(corpus.join(name)).unwrap();
            let inputs = inputs.map(|input| fs::read(input.unwrap().path()).unwrap());
            assert!(inputs.map(|input| target(&input)).count() > 0, "{name}");
        }
    }
}
