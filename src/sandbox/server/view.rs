//! How things of the world are written as the Hub's JSON, key by key and in its order.
//!
//! What is written depends on who looks; it decides nothing and changes nothing.

mod access;
pub(super) mod collection;
pub(super) mod discussion;
pub(super) mod people;

use crate::sandbox::world::World;

/// The world as one caller sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'w> {
    /// The world.
    pub(super) world: &'w World,
    /// Who looks, unless it is nobody.
    pub(super) viewer: Option<&'w str>,
}

impl View<'_> {
    /// Whether the one who looks follows a user. Nobody follows members of a crowd.
    fn follows(self, name: &str) -> bool {
        let user = self.world.user(name);
        user.zip(self.viewer)
            .is_some_and(|(user, viewer)| self.world.is_follower(&user.followers, viewer))
    }

    /// Whether the one who looks follows an organization.
    fn follows_organization(self, name: &str) -> bool {
        let organization = self.world.organization(name);
        organization
            .zip(self.viewer)
            .is_some_and(|(org, viewer)| self.world.is_follower(&org.followers, viewer))
    }
}
