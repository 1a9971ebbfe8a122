//! Users and organizations: in lists, as authors, and on their own pages.

use std::borrow::Cow;

use serde::Serialize;

use super::View;
use crate::sandbox::world::people::follower_count;
use crate::sandbox::world::token::FineGrained;
use crate::sandbox::world::{
    Like, OrgRole, Organization, Profile, RepoType, Token, TokenRole, User,
};

/// When the paid plan of a paying user ends, in seconds since 1970.
const PERIOD_END: u64 = 1_775_001_600;

/// A user in a list, whose name is under `user`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompactUser<'w> {
    #[serde(rename = "_id")]
    id: Cow<'w, str>,
    avatar_url: Cow<'w, str>,
    is_pro: bool,
    fullname: Cow<'w, str>,
    user: Cow<'w, str>,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_following: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<OrgRole>,
}

/// A user or an organization that wrote or owns something, whose name is under `name`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Author<'w> {
    #[serde(rename = "_id")]
    id: &'w str,
    avatar_url: &'w str,
    fullname: &'w str,
    name: &'w str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_pro: Option<bool>,
    is_hf: bool,
    is_hf_admin: bool,
    is_mod: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_enterprise: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    follower_count: Option<usize>,
}

/// A user's own page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserOverview<'w> {
    #[serde(rename = "_id")]
    id: &'w str,
    avatar_url: &'w str,
    is_pro: bool,
    fullname: &'w str,
    num_models: usize,
    num_datasets: usize,
    num_spaces: usize,
    num_kernels: usize,
    num_buckets: usize,
    num_discussions: usize,
    num_papers: u32,
    num_upvotes: u32,
    num_likes: usize,
    num_followers: usize,
    num_following: usize,
    num_following_orgs: usize,
    orgs: Vec<OrgOfUser<'w>>,
    user: &'w str,
    r#type: &'static str,
    is_following: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'w str>,
    created_at: &'w str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrgOfUser<'w> {
    id: &'w str,
    name: &'w str,
    fullname: &'w str,
    avatar_url: &'w str,
}

/// An organization's own page.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrganizationOverview<'w> {
    #[serde(rename = "_id")]
    id: &'w str,
    avatar_url: &'w str,
    fullname: &'w str,
    name: &'w str,
    r#type: &'static str,
    is_hf: bool,
    is_verified: bool,
    is_following: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'w str>,
    num_users: usize,
    num_models: usize,
    num_spaces: usize,
    num_datasets: usize,
    num_kernels: usize,
    num_buckets: usize,
    num_papers: u32,
    num_followers: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'w str>,
}

/// A like.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LikeView<'w> {
    created_at: &'w str,
    repo: RepoName<'w>,
}

/// A repository by name.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct RepoName<'w> {
    pub(crate) name: &'w str,
    pub(crate) r#type: RepoType,
}

/// Who the owner of a token is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Whoami<'w> {
    r#type: &'static str,
    id: &'w str,
    name: &'w str,
    fullname: &'w str,
    email: String,
    email_verified: bool,
    can_pay: bool,
    billing_mode: &'static str,
    period_end: Option<u64>,
    is_pro: bool,
    avatar_url: &'w str,
    orgs: Vec<OrgOfWhoami<'w>>,
    auth: Auth<'w>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrgOfWhoami<'w> {
    r#type: &'static str,
    id: &'w str,
    name: &'w str,
    fullname: &'w str,
    email: Option<String>,
    can_pay: bool,
    period_end: Option<u64>,
    avatar_url: &'w str,
    is_enterprise: bool,
    role_in_org: OrgRole,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Auth<'w> {
    r#type: &'static str,
    access_token: AccessToken<'w>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken<'w> {
    display_name: &'w str,
    role: TokenRole,
    created_at: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fine_grained: Option<&'w FineGrained>,
}

impl<'w> CompactUser<'w> {
    /// A user in a list that says nothing about who looks.
    pub(crate) fn plain(profile: Profile<'w>) -> Self {
        Self {
            id: profile.id,
            avatar_url: profile.avatar,
            is_pro: profile.pro,
            fullname: profile.fullname,
            user: profile.name,
            r#type: "user",
            is_following: None,
            role: None,
        }
    }
}

impl<'w> View<'w> {
    /// A user in a list.
    pub(crate) fn compact(self, profile: Profile<'w>) -> CompactUser<'w> {
        let is_following = self.viewer.is_some().then(|| self.follows(&profile.name));
        CompactUser { is_following, ..CompactUser::plain(profile) }
    }

    /// A member in an organization's list; insiders see the role.
    pub(crate) fn member(self, user: &'w User, organization: &Organization) -> CompactUser<'w> {
        let insider = self.viewer.is_some_and(|viewer| organization.role_of(viewer).is_some());
        let role = organization.role_of(&user.name).filter(|_| insider);
        CompactUser { role, ..self.compact(user.profile()) }
    }

    /// The author or owner of that name; none where the account is gone.
    pub(crate) fn author(self, name: &str) -> Option<Author<'w>> {
        if let Some(user) = self.world.user(name) {
            return Some(Author {
                id: &user.id,
                avatar_url: &user.avatar,
                fullname: &user.fullname,
                name: &user.name,
                r#type: "user",
                is_pro: Some(user.pro),
                is_hf: false,
                is_hf_admin: false,
                is_mod: false,
                is_enterprise: None,
                follower_count: some_followers(follower_count(&user.followers)),
            });
        }
        let organization = self.world.organization(name)?;
        Some(Author {
            id: &organization.id,
            avatar_url: &organization.avatar,
            fullname: &organization.fullname,
            name: &organization.name,
            r#type: "org",
            is_pro: None,
            is_hf: false,
            is_hf_admin: false,
            is_mod: false,
            is_enterprise: Some(organization.plan.is_some()),
            follower_count: some_followers(follower_count(&organization.followers)),
        })
    }

    /// A user's own page.
    pub(crate) fn user_overview(self, user: &'w User) -> UserOverview<'w> {
        let orgs = self.world.memberships(&user.name).map(|(organization, _)| OrgOfUser {
            id: &organization.id,
            name: &organization.name,
            fullname: &organization.fullname,
            avatar_url: &organization.avatar,
        });
        UserOverview {
            id: &user.id,
            avatar_url: &user.avatar,
            is_pro: user.pro,
            fullname: &user.fullname,
            num_models: self.owned(&user.name, RepoType::Model),
            num_datasets: self.owned(&user.name, RepoType::Dataset),
            num_spaces: self.owned(&user.name, RepoType::Space),
            num_kernels: 0,
            num_buckets: 0,
            num_discussions: self.opened_by(&user.name),
            num_papers: user.papers,
            num_upvotes: user.upvotes,
            num_likes: user.likes.len(),
            num_followers: follower_count(&user.followers),
            num_following: self.world.following(&user.name).count(),
            num_following_orgs: self.world.following_orgs(&user.name).count(),
            orgs: orgs.collect(),
            user: &user.name,
            r#type: "user",
            is_following: self.follows(&user.name),
            details: user.details.as_deref(),
            created_at: &user.created_at,
        }
    }

    /// An organization's own page.
    pub(crate) fn organization_overview(
        self,
        organization: &'w Organization,
    ) -> OrganizationOverview<'w> {
        OrganizationOverview {
            id: &organization.id,
            avatar_url: &organization.avatar,
            fullname: &organization.fullname,
            name: &organization.name,
            r#type: "org",
            is_hf: false,
            is_verified: organization.verified,
            is_following: self.follows_organization(&organization.name),
            details: organization.details.as_deref(),
            num_users: organization.members.len(),
            num_models: self.owned(&organization.name, RepoType::Model),
            num_spaces: self.owned(&organization.name, RepoType::Space),
            num_datasets: self.owned(&organization.name, RepoType::Dataset),
            num_kernels: 0,
            num_buckets: 0,
            num_papers: organization.papers,
            num_followers: follower_count(&organization.followers),
            plan: organization.plan.as_deref(),
        }
    }

    /// Who the owner of a token is.
    pub(crate) fn whoami(self, user: &'w User, token: &'w Token) -> Whoami<'w> {
        let orgs = self.world.memberships(&user.name).map(|(organization, role)| OrgOfWhoami {
            r#type: "org",
            id: &organization.id,
            name: &organization.name,
            fullname: &organization.fullname,
            email: None,
            can_pay: false,
            period_end: None,
            avatar_url: &organization.avatar,
            is_enterprise: organization.plan.is_some(),
            role_in_org: role,
        });
        Whoami {
            r#type: "user",
            id: &user.id,
            name: &user.name,
            fullname: &user.fullname,
            email: format!("{}@example.org", user.name),
            email_verified: true,
            can_pay: user.pro,
            billing_mode: "prepaid",
            period_end: user.pro.then_some(PERIOD_END),
            is_pro: user.pro,
            avatar_url: &user.avatar,
            orgs: orgs.collect(),
            auth: Auth {
                r#type: "access_token",
                access_token: AccessToken {
                    display_name: &token.name,
                    role: token.role,
                    created_at: &token.created_at,
                    fine_grained: token.fine_grained.as_ref(),
                },
            },
        }
    }

    /// How many public repositories of a kind somebody owns.
    fn owned(self, owner: &str, kind: RepoType) -> usize {
        let public = self.world.repos.iter().filter(|repo| !repo.private && repo.kind == kind);
        public.filter(|repo| repo.owner() == owner).count()
    }

    /// How many discussions and pull requests somebody opened.
    fn opened_by(self, name: &str) -> usize {
        let discussions = self.world.repos.iter().flat_map(|repo| &repo.discussions);
        discussions.filter(|discussion| discussion.author.as_deref() == Some(name)).count()
    }
}

impl<'w> From<&'w Like> for LikeView<'w> {
    fn from(like: &'w Like) -> Self {
        Self {
            created_at: &like.created_at,
            repo: RepoName { name: &like.repo, r#type: like.kind },
        }
    }
}

/// The Hub leaves a count of nobody out.
fn some_followers(count: usize) -> Option<usize> {
    (count > 0).then_some(count)
}
