//! Making a world out of a seed file: parse it, give ids to what has none, and check that the names
//! in it mean somebody.

use super::{Followers, RepoType, World, id};

const DEFAULT: &str = include_str!("../world.json");

/// What is wrong with a seed file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeedError {
    /// No JSON, or not of the form of a world.
    #[error("line {line}, column {column}: {message}")]
    Form {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What was found and what was expected.
        message: String,
    },
    /// It names somebody or something it does not have.
    #[error("{place}: {message}")]
    Name {
        /// `repos "ada/notes", discussion 3`.
        place: String,
        /// What is not there.
        message: String,
    },
}

impl World {
    /// The default world.
    ///
    /// # Errors
    /// None in practice: the seed is part of the program, and a test reads it.
    pub fn standard() -> Result<Self, SeedError> {
        Self::parse(DEFAULT)
    }

    /// Reads a seed: JSON of the form of [`World`].
    pub fn parse(seed: &str) -> Result<Self, SeedError> {
        let mut world: Self = serde_json::from_str(seed).map_err(|error| {
            let text = error.to_string();
            let message =
                text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
            SeedError::Form {
                line: error.line(),
                column: error.column(),
                message: message.to_owned(),
            }
        })?;
        world.check()?;
        world.complete();
        Ok(world)
    }

    /// Gives an id to whatever has none.
    fn complete(&mut self) {
        for user in &mut self.users {
            fill(&mut user.id, || id::object(&user.name));
            fill(&mut user.avatar, || id::avatar(&user.name));
        }
        for organization in &mut self.organizations {
            fill(&mut organization.id, || id::object(&organization.name));
            fill(&mut organization.avatar, || id::avatar(&organization.name));
        }
        for repo in &mut self.repos {
            let path = format!("{}s/{}", repo.kind, repo.id);
            for request in &mut repo.requests {
                fill(&mut request.id, || id::object(&format!("{path}/requests/{}", request.user)));
            }
            for discussion in &mut repo.discussions {
                let path = format!("{path}/discussions/{}", discussion.num);
                fill(&mut discussion.id, || id::object(&path));
                for (index, event) in discussion.events.iter_mut().enumerate() {
                    fill(&mut event.id, || id::object(&format!("{path}/events/{index}")));
                }
            }
        }
        for collection in &mut self.collections {
            let path = format!("collections/{}/{}", collection.owner, collection.title);
            fill(&mut collection.id, || id::object(&path));
            for item in &mut collection.items {
                fill(&mut item.id, || id::object(&format!("{path}/{}", item.item)));
            }
        }
    }

    fn check(&self) -> Result<(), SeedError> {
        self.check_people()?;
        for repo in &self.repos {
            let place = format!("repos {:?}", repo.id);
            self.expect_owner(&place, repo.owner())?;
            for request in &repo.requests {
                self.expect_user(&format!("{place}, requests"), &request.user)?;
            }
            for discussion in &repo.discussions {
                let place = format!("{place}, discussion {}", discussion.num);
                let said = discussion.events.iter().filter_map(|event| event.author.as_ref());
                for author in discussion.author.iter().chain(said) {
                    self.expect_user(&place, author)?;
                }
            }
        }
        for moved in &self.moved {
            self.expect_repo(&format!("moved {:?}", moved.from), moved.kind, &moved.to)?;
        }
        for collection in &self.collections {
            self.expect_owner(&format!("collections {:?}", collection.title), &collection.owner)?;
        }
        Ok(())
    }

    fn check_people(&self) -> Result<(), SeedError> {
        for user in &self.users {
            self.expect_followers(&format!("users {:?}, followers", user.name), &user.followers)?;
        }
        for organization in &self.organizations {
            let place = format!("organizations {:?}", organization.name);
            self.expect_followers(&format!("{place}, followers"), &organization.followers)?;
            for member in &organization.members {
                self.expect_user(&format!("{place}, members"), &member.name)?;
            }
        }
        for token in &self.tokens {
            self.expect_user(&format!("tokens {:?}", token.name), &token.user)?;
        }
        Ok(())
    }

    fn expect_followers(&self, place: &str, followers: &[Followers]) -> Result<(), SeedError> {
        for stretch in followers {
            match stretch {
                Followers::User(name) => self.expect_user(place, name)?,
                Followers::Crowd { crowd, count } => {
                    let known = self.crowds.iter().find(|known| known.name == *crowd);
                    let size = known.ok_or_else(|| unknown(place, "crowd", crowd))?.size;
                    if size < *count {
                        let of = format!("crowd of {count} among the {size} of");
                        return Err(unknown(place, &of, crowd));
                    }
                }
            }
        }
        Ok(())
    }

    fn expect_owner(&self, place: &str, name: &str) -> Result<(), SeedError> {
        match self.organization(name) {
            Some(_) => Ok(()),
            None if self.user(name).is_some() => Ok(()),
            None => Err(unknown(place, "user or organization", name)),
        }
    }

    fn expect_user(&self, place: &str, name: &str) -> Result<(), SeedError> {
        self.user(name).map(|_| ()).ok_or_else(|| unknown(place, "user", name))
    }

    fn expect_repo(&self, place: &str, kind: RepoType, id: &str) -> Result<(), SeedError> {
        self.find_repo(kind, id).map(|_| ()).ok_or_else(|| unknown(place, &kind.to_string(), id))
    }
}

fn fill(id: &mut String, make: impl FnOnce() -> String) {
    if id.is_empty() {
        *id = make();
    }
}

fn unknown(place: &str, kind: &str, name: &str) -> SeedError {
    SeedError::Name { place: place.to_owned(), message: format!("no {kind} {name:?}") }
}
