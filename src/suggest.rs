//! The word somebody probably meant.
//!
//! It knows nothing of what the words are for.

/// The candidate nearest to what was written, if one is near enough to be meant.
pub fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(written, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether a name is a word that was misspelled: a letter or two are wrong, or hyphens, or capitals.
/// It is said of fewer names than [`did_you_mean`] suggests something for.
pub fn is_typo(written: &str, word: &str) -> bool {
    let folded = |name: &str| name.to_lowercase().replace('-', "_");
    let (written, word) = (folded(written), folded(word));
    let most = match word.len() {
        0..6 => 0,
        6..10 => 1,
        _ => 2,
    };
    strsim::damerau_levenshtein(&written, &word) <= most
}
