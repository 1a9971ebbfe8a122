//! The emulator's world: who exists, what they own and what they said.
//!
//! The types are also the seed file: JSON with the keys the Hub itself uses, where nearly
//! everything may be left out. The default world is `world.json` beside this file. It knows no
//! HTTP and nothing of how an answer is written.

pub mod collection;
pub mod discussion;
mod id;
pub mod people;
pub mod repo;
mod seed;
pub mod token;
mod unsettle;

use serde::Deserialize;

pub use collection::{Collection, Item, Paper};
pub use discussion::{Comment, Discussion, Event, EventData, PullRequest, Status};
pub use people::{Crowd, Followers, Like, OrgRole, Organization, Profile, User};
pub use repo::{AccessRequest, AccessStatus, Gate, Moved, Repo, RepoType};
pub use seed::SeedError;
pub use token::{Token, TokenRole};
pub use unsettle::HOSTILE;

/// Everything the emulator knows. Reads look into it; writes change it.
///
/// As a seed file it may be as small as this. Ids and pictures are made up, moments are ISO 8601 in
/// UTC with milliseconds, unknown keys and unknown names are errors.
///
/// ```json
/// {
///   "users": [{"name": "mia", "fullname": "Mia Ito", "followers": ["noor"]},
///             {"name": "noor", "fullname": "Noor Aziz"}],
///   "repos": [{"type": "model", "id": "mia/tiny", "lastModified": "2026-01-01T00:00:00.000Z"}],
///   "tokens": [{"token": "hf_test_mia", "user": "mia", "name": "laptop", "role": "write"}]
/// }
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct World {
    /// People with a name, a history and tokens.
    pub users: Vec<User>,
    /// People by the hundred, of whom only the number matters.
    pub crowds: Vec<Crowd>,
    /// Organizations.
    pub organizations: Vec<Organization>,
    /// Models, datasets and spaces.
    pub repos: Vec<Repo>,
    /// Former repository ids, which answer with a redirect.
    pub moved: Vec<Moved>,
    /// Papers, which only collections mention.
    pub papers: Vec<Paper>,
    /// Collections, each owner's in the order of their positions.
    pub collections: Vec<Collection>,
    /// The tokens that are accepted.
    pub tokens: Vec<Token>,
    /// How many ids have been made up.
    #[serde(skip)]
    ids: u32,
}

impl World {
    /// Adds the user `bigN` with `size` followers, none of which takes memory.
    pub fn add_big(&mut self, size: usize) {
        let name = format!("big{size}");
        let crowd = format!("{name}-follower");
        self.users.push(User {
            fullname: format!("Big {size}"),
            followers: vec![Followers::Crowd { crowd: crowd.clone(), count: size }],
            ..User::named(&name)
        });
        self.crowds.push(Crowd { name: crowd, fullname: "Follower".to_owned(), digits: 7, size });
    }

    /// A new object id: 24 hexadecimal digits, the same in every run of the same requests.
    pub fn new_id(&mut self) -> String {
        self.ids += 1;
        id::object(&format!("new/{}", self.ids))
    }

    /// The position of a repository. Ids are compared as written.
    pub fn find_repo(&self, kind: RepoType, id: &str) -> Option<usize> {
        self.repos.iter().position(|repo| repo.kind == kind && repo.id == id)
    }

    /// The new id of a repository that has moved.
    pub fn moved_to(&self, kind: RepoType, id: &str) -> Option<&str> {
        let moved = self.moved.iter().find(|moved| moved.kind == kind && moved.from == id)?;
        Some(&moved.to)
    }
}

/// This moment, as the Hub writes it: UTC, with milliseconds.
pub fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// When things were made of which the seed does not say so.
fn epoch() -> String {
    "2025-01-01T00:00:00.000Z".to_owned()
}
