//! How a line that is being typed may go on: commands, files of cards, models, endpoints, and names
//! that were seen.
//!
//! It looks at the line and at directories, and knows nothing of the editor.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::command::{Argument, Guest, Stage, TABLE, Takes};

/// The suffixes files of cards have.
const SUFFIXES: [&str; 4] = ["md", "markdown", "yaml", "yml"];

/// What lines are completed from.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// How model specs may begin.
    pub models: Vec<String>,
    /// Paths of the Hub, with `{…}` for what differs.
    pub endpoints: Vec<String>,
    /// Where relative names of files are taken from.
    pub directory: PathBuf,
    /// What the conversation is about so far.
    pub seen: Seen,
}

/// What lines are completed from that a conversation changes.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// How far it is.
    pub stage: Stage,
    /// The names of users, organizations and repositories in it.
    pub names: BTreeSet<String>,
    /// The names of the other agents at hand.
    pub agents: Vec<String>,
    /// The commands that this one brings.
    pub guests: Vec<Guest>,
}

/// Where the word before the cursor starts, and what may stand there.
pub(super) fn complete(before: &str, words: &Words) -> (usize, Vec<String>) {
    let start = before.rfind([' ', '\n']).map_or(0, |space| space + 1);
    let word = &before[start..];
    let command = before
        .split_once(' ')
        .and_then(|(name, _)| TABLE.iter().find(|row| row.names.contains(&name)));
    let found = match command.map(|row| row.takes) {
        Some(Takes::Argument(Argument::Card, _)) => {
            let mut found = beginning(word, words.seen.agents.iter());
            found.extend(files(word, &words.directory));
            found
        }
        Some(Takes::Argument(Argument::Model, _)) => beginning(word, words.models.iter()),
        Some(Takes::Nothing(_) | Takes::Argument(Argument::Other(_), _)) => Vec::new(),
        None if word.is_empty() => Vec::new(),
        None if word.starts_with('/') => {
            let commands = TABLE.iter().filter(|row| start == 0 && row.needs <= words.seen.stage);
            let mut found = beginning(word, commands.flat_map(|row| row.names));
            let guests = words.seen.guests.iter().filter(|_| start == 0);
            found.extend(beginning(word, guests.map(|guest| &guest.name)));
            found.extend(paths(word, words));
            found
        }
        None => beginning(word, words.seen.names.iter()),
    };
    (start, found)
}

fn beginning(word: &str, all: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    all.filter(|one| one.as_ref().starts_with(word)).map(|one| one.as_ref().to_owned()).collect()
}

/// Paths of the Hub as far as the next `/`, with names that were seen for what differs.
fn paths(word: &str, words: &Words) -> Vec<String> {
    let typed: Vec<&str> = word[1..].split('/').collect();
    let (last, before) = typed.split_last().unwrap_or((&"", &[]));
    let parent = &word[..word.len() - last.len()];
    let mut found = BTreeSet::new();
    for endpoint in &words.endpoints {
        let segments: Vec<&str> = endpoint[1..].split('/').collect();
        let fits = segments.len() > before.len()
            && before.iter().zip(&segments).all(|(typed, segment)| {
                !typed.is_empty() && (typed == segment || segment.starts_with('{'))
            });
        if !fits {
            continue;
        }
        let slash = if segments.len() > before.len() + 1 { "/" } else { "" };
        let segment = segments[before.len()];
        if segment.starts_with('{') {
            // The names of repositories have a `/` and stand where two segments differ.
            let names = words.seen.names.iter().filter(|name| name.starts_with(*last));
            let depth = segments[before.len()..].iter().take_while(|s| s.starts_with('{')).count();
            let names = names.filter(|name| name.matches('/').count() + 1 == depth);
            found.extend(names.map(|name| format!("{parent}{name}")));
        } else if segment.starts_with(last) {
            found.insert(format!("{parent}{segment}{slash}"));
        }
    }
    found.into_iter().collect()
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
        let mut words = Words {
            models: ["groq.", "gpt-oss", "hf."].map(str::to_owned).to_vec(),
            directory: home.path().to_owned(),
            ..Words::default()
        };
        let complete = |words: &Words, line: &str| {
            let (start, found) = complete(line, words);
            format!("{start} {}", found.join(" "))
        };
        assert_eq!(complete(&words, "/re"), "0 /resume /reasoning");
        assert_eq!(complete(&words, ""), "0 ");
        assert_eq!(complete(&words, "Who"), "0 ");
        assert_eq!(complete(&words, "/model g"), "7 groq. gpt-oss");
        assert_eq!(complete(&words, "/card "), "6 cards/");
        assert_eq!(complete(&words, "/card cards/"), "6 cards/a.md cards/b.md");
        assert_eq!(complete(&words, "/card  cards/b"), "7 cards/b.md");
        assert_eq!(complete(&words, "/card nowhere/"), "6 ");
        words.seen.agents = ["carl", "dora"].map(str::to_owned).to_vec();
        assert_eq!(complete(&words, "/card c"), "6 carl cards/");
        assert_eq!(complete(&words, "/tools x"), "7 ");
        words.seen.stage = Stage::Asked;
        words.seen.guests = vec![Guest { name: "/review".to_owned(), ..Guest::default() }];
        assert_eq!(complete(&words, "/re"), "0 /resume /retry /reasoning /review");
    }

    #[test]
    fn endpoints_and_names_are_completed() {
        let endpoints = [
            "/users/{username}/overview",
            "/users/{username}/likes",
            "/models/{namespace}/{repo}/discussions",
            "/whoami-v2",
        ];
        let names = ["ada-moreau", "lumen-labs/aurora-7b", "lumen-labs"];
        let words = Words {
            endpoints: endpoints.map(str::to_owned).to_vec(),
            seen: Seen {
                stage: Stage::Asked,
                names: names.map(str::to_owned).into(),
                ..Seen::default()
            },
            ..Words::default()
        };
        let complete = |line: &str| {
            let (start, found) = complete(line, &words);
            format!("{start} {}", found.join(" "))
        };
        assert_eq!(complete("Who is ad"), "7 ada-moreau");
        assert_eq!(complete("what about lu"), "11 lumen-labs lumen-labs/aurora-7b");
        assert_eq!(complete("GET /u"), "4 /users/");
        assert_eq!(complete("/us"), "0 /usage /users/");
        assert_eq!(complete("GET /users/a"), "4 /users/ada-moreau");
        assert_eq!(
            complete("GET /users/ada-moreau/"),
            "4 /users/ada-moreau/likes /users/ada-moreau/overview"
        );
        assert_eq!(complete("GET /models/lu"), "4 /models/lumen-labs/aurora-7b");
        assert_eq!(
            complete("GET /models/lumen-labs/aurora-7b/"),
            "4 /models/lumen-labs/aurora-7b/discussions"
        );
    }
}
