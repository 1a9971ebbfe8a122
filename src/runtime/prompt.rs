//! The prompt of a card with its placeholders filled in: first what is known before anything runs,
//! then, when the agent is connected, what has to be fetched.
//!
//! It does not know how a prompt is written; that is the card's business.

mod values;

use std::path::{Path, PathBuf};

use url::Url;

use super::SetupError;
use super::fetch::{self, Fetch};
use super::files::{self, Files, Included, Refusal};
use crate::card::{Card, Missing, Origin, Piece, Placeholder, Prompt, PromptValue};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, Place};
use crate::model::endpoint::Target;

/// The longest prompt, in bytes. No model reads half as much.
const LONGEST: usize = 4 * 1024 * 1024;

/// How deep files may include files.
const DEEPEST: usize = 10;

/// A prompt as far as it can be known without running or fetching anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SystemPrompt {
    parts: Vec<Part>,
    /// The files it includes, in order.
    pub included: Vec<Included>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    /// What is at an address.
    Fetched(Box<Fetched>),
    PythonVersion,
    ServerInstructions,
}

/// An address a prompt includes, and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fetched {
    url: Url,
    at: At,
    asker: Asker,
}

/// As whom an address is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    Anybody,
    /// As the person, who may see more of the Hub than others.
    Person,
}

/// Where a placeholder is written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct At {
    file: PathBuf,
    place: Option<Place>,
}

impl At {
    fn complaint(&self, code: &'static str, message: String) -> SetupError {
        SetupError::Card(Box::new(Diagnostic {
            code,
            file: self.file.clone(),
            place: self.place,
            key: None,
            message,
            hint: None,
        }))
    }
}

impl Fetched {
    /// What is there, as it is: no placeholder in it is filled in, since it is somebody else's.
    async fn text(self, config: &Config) -> Result<String, SetupError> {
        let Self { url, at, asker } = self;
        let fetch = match asker {
            Asker::Anybody => Fetch::new(url.clone()),
            Asker::Person => Fetch::with_hub_token(url.clone(), config),
        };
        let fetched = fetch.run(config).await;
        fetched.map_err(|why| at.complaint("dead-url", format!("`{{{{url:{url}}}}}` {why}")))
    }
}

/// What a prompt may name besides what its card says.
pub(super) struct Scene<'a> {
    /// The card.
    pub(super) card: &'a Card,
    /// The working directory.
    pub(super) directory: &'a Path,
    /// The directory of the runtime's own files.
    pub(super) home: PathBuf,
    /// The skills, as a prompt lists them.
    pub(super) skills: String,
    /// All settings.
    pub(super) config: &'a Config,
    /// Who replies, if that could be resolved.
    pub(super) target: Option<&'a Target>,
}

/// Fills in what can be known before anything runs, or says all that is wrong with the prompt.
pub(super) fn resolve(
    scene: &Scene<'_>,
    instruction: &Prompt,
) -> Result<SystemPrompt, Vec<SetupError>> {
    let card_directory = scene.directory.join(&scene.card.path);
    let card_directory = card_directory.parent().unwrap_or(scene.directory);
    let mut filling = Filling {
        files: Files::new(card_directory, scene.directory),
        scene,
        prompt: SystemPrompt::default(),
        size: 0,
        open: Vec::new(),
        errors: Vec::new(),
    };
    filling.fill(instruction, &scene.card.path);
    if !scene.skills.is_empty() && !instruction.lists_skills() {
        filling.push(&format!("\n\n{}", scene.skills), &scene.card.path);
    }
    let Filling { prompt, errors, .. } = filling;
    if errors.is_empty() { Ok(prompt) } else { Err(errors) }
}

impl SystemPrompt {
    /// Whether it quotes what MCP servers say of themselves.
    pub(super) fn quotes_servers(&self) -> bool {
        self.parts.contains(&Part::ServerInstructions)
    }

    /// What of it is known before anything runs or is fetched.
    pub(super) fn known(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Fetched(_) | Part::PythonVersion | Part::ServerInstructions => None,
        });
        texts.collect()
    }

    /// The whole prompt: what it includes from elsewhere is fetched, and `servers` is what MCP
    /// servers say of themselves.
    pub async fn finish(self, config: &Config, servers: &str) -> Result<String, SetupError> {
        let mut text = String::new();
        for part in self.parts {
            match part {
                Part::Text(part) if text.is_empty() => text = part,
                Part::Text(part) => text.push_str(&part),
                Part::Fetched(fetched) => text.push_str(&fetched.text(config).await?),
                Part::PythonVersion => text.push_str(&values::python_version().await),
                Part::ServerInstructions => text.push_str(servers),
            }
        }
        Ok(text)
    }
}

struct Filling<'a> {
    scene: &'a Scene<'a>,
    files: Files<'a>,
    prompt: SystemPrompt,
    size: usize,
    /// The files that are being included, each by the one before.
    open: Vec<PathBuf>,
    errors: Vec<SetupError>,
}

impl Filling<'_> {
    fn fill(&mut self, prompt: &Prompt, file: &Path) {
        for piece in &prompt.pieces {
            match piece {
                Piece::Text(text) => self.push(text, file),
                Piece::Placeholder { placeholder, place } => {
                    let place = place.or_else(|| prompt.place());
                    self.placeholder(placeholder, At { file: file.to_owned(), place });
                }
            }
        }
    }

    fn placeholder(&mut self, placeholder: &Placeholder, at: At) {
        match placeholder {
            Placeholder::Value(PromptValue::PythonVersion) => self.part(Part::PythonVersion),
            Placeholder::Value(PromptValue::ServerInstructions) => {
                self.part(Part::ServerInstructions);
            }
            Placeholder::Value(value) => {
                let value = values::value(*value, self.scene);
                self.push(&value, &at.file);
            }
            Placeholder::File { path, missing } => {
                if let Err(Refusal { code, message }) = self.include(path, *missing) {
                    let message = format!("`{placeholder}` {message}");
                    self.errors.push(at.complaint(code, message));
                }
            }
            Placeholder::Url(address) => match fetch::address(address, self.scene.config) {
                Ok(url) => {
                    let asker = self.asker(address);
                    self.part(Part::Fetched(Box::new(Fetched { url, at, asker })));
                }
                Err(why) => {
                    // It may hold a password.
                    let message = format!("`{{{{url:…}}}}` {why}");
                    self.errors.push(at.complaint("bad-url", message));
                }
            },
            Placeholder::Named(name) => match self.scene.card.variables.get(name) {
                Some(value) => self.push(value, &at.file),
                None => self.push(&placeholder.to_string(), &at.file),
            },
        }
    }

    /// A card from elsewhere is not shown what only the person may see.
    fn asker(&self, address: &str) -> Asker {
        match self.scene.card.origin {
            Origin::Local if fetch::is_of_hub(address) => Asker::Person,
            Origin::Local | Origin::Remote => Asker::Anybody,
        }
    }

    fn include(&mut self, written: &str, missing: Missing) -> Result<(), Refusal> {
        let found = match self.files.find(written)? {
            Some(found) => found,
            None if missing == Missing::Empty => return Ok(()),
            None => return Err(self.files.missing(written)),
        };
        if self.open.contains(&found.path) || self.open.len() >= DEEPEST {
            let names = self.open.iter().chain([&found.path]);
            let names: Vec<_> = names.map(|path| path.display().to_string()).collect();
            return Err(Refusal::cycle(&names));
        }
        let text = files::read(&found.path)?;
        let path = found.path.clone();
        self.prompt.included.push(found);
        self.open.push(path.clone());
        self.fill(&Prompt::included(&text), &path);
        self.open.pop();
        Ok(())
    }

    fn push(&mut self, text: &str, file: &Path) {
        let fits = self.size <= LONGEST;
        self.size = self.size.saturating_add(text.len());
        if self.size > LONGEST {
            if fits {
                let at = At { file: file.to_owned(), place: None };
                let message = format!("with this the prompt is longer than {LONGEST} bytes");
                self.errors.push(at.complaint("large-prompt", message));
            }
            return;
        }
        match self.prompt.parts.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.prompt.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn part(&mut self, part: Part) {
        self.prompt.parts.push(part);
    }
}
