//! How a line that is being typed may go on: commands, files of cards, models.
//!
//! It looks at the line and at directories, and knows nothing of the editor.

use std::path::Path;

use super::command::{TABLE, Takes};

/// The suffixes files of cards have.
const SUFFIXES: [&str; 4] = ["md", "markdown", "yaml", "yml"];

/// Where the word before the cursor starts, and what may stand there.
///
/// Relative names of files are taken from `directory`.
pub(super) fn complete(before: &str, models: &[String], directory: &Path) -> (usize, Vec<String>) {
    let Some((name, _)) = before.split_once(' ') else {
        let names = TABLE.iter().flat_map(|row| row.names).map(|name| (*name).to_owned());
        return (0, names.filter(|name| !before.is_empty() && name.starts_with(before)).collect());
    };
    let row = TABLE.iter().find(|row| row.names.contains(&name));
    let start = name.len() + before[name.len()..].chars().take_while(|c| *c == ' ').count();
    let word = &before[start..];
    let found = match row.map(|row| row.takes) {
        Some(Takes::Card) => files(word, directory),
        Some(Takes::Model) => {
            models.iter().filter(|model| model.starts_with(word)).cloned().collect()
        }
        Some(Takes::Nothing(_)) | None => Vec::new(),
    };
    (start, found)
}

/// Directories and files of cards whose names start so. What cannot be read has none.
fn files(word: &str, directory: &Path) -> Vec<String> {
    let (parent, start) = word.split_at(word.rfind('/').map_or(0, |slash| slash + 1));
    let Ok(entries) = directory.join(parent).read_dir() else { return Vec::new() };
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?;
            let is_hidden = name.starts_with('.') && !start.starts_with('.');
            if is_hidden || !name.starts_with(start) {
                return None;
            }
            let suffix = path.extension().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                Some(format!("{parent}{name}/"))
            } else {
                SUFFIXES.contains(&suffix.as_ref()).then(|| format!("{parent}{name}"))
            }
        })
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_models_and_cards_are_completed() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("cards")).unwrap();
        for name in ["cards/b.md", "cards/a.md", "cards/a.txt", "cards/.hidden.md"] {
            std::fs::write(home.path().join(name), "").unwrap();
        }
        let models = ["groq.".to_owned(), "gpt-oss".to_owned(), "hf.".to_owned()];
        let complete = |line: &str| {
            let (start, words) = complete(line, &models, home.path());
            format!("{start} {}", words.join(" "))
        };
        assert_eq!(complete("/re"), "0 /retry /reasoning");
        assert_eq!(complete(""), "0 ");
        assert_eq!(complete("Who"), "0 ");
        assert_eq!(complete("/model g"), "7 groq. gpt-oss");
        assert_eq!(complete("/card "), "6 cards/");
        assert_eq!(complete("/card cards/"), "6 cards/a.md cards/b.md");
        assert_eq!(complete("/card  cards/b"), "7 cards/b.md");
        assert_eq!(complete("/card nowhere/"), "6 ");
        assert_eq!(complete("/tools x"), "7 ");
    }
}
