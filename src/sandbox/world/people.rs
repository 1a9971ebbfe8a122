//! Users, crowds and organizations, and who follows whom.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{RepoType, World, id};

/// A person.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// Object id; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// Picture, usually a path on the Hub; made up where the seed has none.
    #[serde(default)]
    pub avatar: String,
    /// The username.
    pub name: String,
    /// The name as people write it.
    pub fullname: String,
    /// Whether the account is a paid one.
    #[serde(default)]
    pub pro: bool,
    /// What they say about themselves.
    #[serde(default)]
    pub details: Option<String>,
    /// When they joined.
    #[serde(default = "super::epoch")]
    pub created_at: String,
    /// How many papers they wrote.
    #[serde(default)]
    pub papers: u32,
    /// How many upvotes they gave.
    #[serde(default)]
    pub upvotes: u32,
    /// Who follows them, in the order of the list.
    #[serde(default)]
    pub followers: Vec<Followers>,
    /// What they like, newest first.
    #[serde(default)]
    pub likes: Vec<Like>,
}

/// People of whom only the number matters, made when they are looked at: `reader-0001` and so on.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Crowd {
    /// What their usernames begin with.
    pub name: String,
    /// What their full names begin with.
    pub fullname: String,
    /// How many digits the number in a name has.
    pub digits: u8,
    /// How many there are, counted from 1.
    pub size: usize,
}

/// A stretch of a list of followers.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "expected a username or {\"crowd\": …, \"count\": …}")]
pub enum Followers {
    /// One user, by name.
    User(String),
    /// The first so many of a crowd.
    Crowd {
        /// The crowd's name.
        crowd: String,
        /// How many of it.
        count: usize,
    },
}

/// A like.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Like {
    /// When.
    pub created_at: String,
    /// What kind of repository. It need not exist in this world.
    #[serde(rename = "type")]
    pub kind: RepoType,
    /// Its id.
    pub repo: String,
}

/// An organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// Object id; made up where the seed has none.
    #[serde(default)]
    pub id: String,
    /// Picture; made up where the seed has none.
    #[serde(default)]
    pub avatar: String,
    /// The name in URLs.
    pub name: String,
    /// The name as people write it.
    pub fullname: String,
    /// Whether the Hub has verified it.
    #[serde(default)]
    pub verified: bool,
    /// The paid plan, if any: `team`, `enterprise`, `plus`, `academia`.
    #[serde(default)]
    pub plan: Option<String>,
    /// What it says about itself.
    #[serde(default)]
    pub details: Option<String>,
    /// How many papers it published.
    #[serde(default)]
    pub papers: u32,
    /// Its members.
    #[serde(default)]
    pub members: Vec<Member>,
    /// Who follows it, in the order of the list.
    #[serde(default)]
    pub followers: Vec<Followers>,
}

/// A member of an organization.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Member {
    /// The username.
    pub name: String,
    /// What they may do in it.
    pub role: OrgRole,
}

/// What a member may do, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrgRole {
    /// See private repositories.
    Read,
    /// Create repositories and write to those.
    Contributor,
    /// Write to all repositories.
    Write,
    /// Everything.
    Admin,
}

/// What a list says about a person, whether out of the seed or out of a crowd.
#[derive(Debug, Clone)]
pub struct Profile<'w> {
    /// Object id.
    pub id: Cow<'w, str>,
    /// Picture.
    pub avatar: Cow<'w, str>,
    /// Username.
    pub name: Cow<'w, str>,
    /// Full name.
    pub fullname: Cow<'w, str>,
    /// Whether the account is a paid one.
    pub pro: bool,
}

impl User {
    /// A user with nothing but a name.
    pub fn named(name: &str) -> Self {
        Self {
            id: id::object(name),
            avatar: id::avatar(name),
            name: name.to_owned(),
            fullname: name.to_owned(),
            created_at: super::epoch(),
            ..Self::default()
        }
    }

    /// What lists say about them.
    pub fn profile(&self) -> Profile<'_> {
        Profile {
            id: Cow::Borrowed(&self.id),
            avatar: Cow::Borrowed(&self.avatar),
            name: Cow::Borrowed(&self.name),
            fullname: Cow::Borrowed(&self.fullname),
            pro: self.pro,
        }
    }
}

impl Crowd {
    /// The username of the member with this number.
    fn member_name(&self, number: usize) -> String {
        format!("{}-{}", self.name, self.digits_of(number))
    }

    fn member(&self, number: usize) -> Profile<'static> {
        let name = self.member_name(number);
        Profile {
            id: Cow::Owned(id::object(&name)),
            avatar: Cow::Owned(id::avatar(&name)),
            fullname: Cow::Owned(format!("{} {}", self.fullname, self.digits_of(number))),
            name: Cow::Owned(name),
            pro: false,
        }
    }

    fn digits_of(&self, number: usize) -> String {
        format!("{number:0width$}", width = usize::from(self.digits))
    }

    /// The number of the member with this username.
    fn number_of(&self, name: &str) -> Option<usize> {
        let digits = name.strip_prefix(self.name.as_str())?.strip_prefix('-')?;
        let number = digits.parse().ok().filter(|number| (1..=self.size).contains(number))?;
        (self.member_name(number) == name).then_some(number)
    }
}

impl Followers {
    fn count(&self) -> usize {
        match self {
            Self::User(_) => 1,
            Self::Crowd { count, .. } => *count,
        }
    }
}

impl World {
    /// The user with this name, if it is one of the seed's.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// What lists say about the user with this name, out of the seed or out of a crowd.
    pub fn profile(&self, name: &str) -> Option<Profile<'_>> {
        let of_crowd =
            || self.crowds.iter().find_map(|crowd| Some(crowd.member(crowd.number_of(name)?)));
        self.user(name).map(User::profile).or_else(of_crowd)
    }

    /// The user with this name. Those of a crowd have nothing but their profile.
    pub fn any_user(&self, name: &str) -> Option<Cow<'_, User>> {
        if let Some(user) = self.user(name) {
            return Some(Cow::Borrowed(user));
        }
        let profile = self.profile(name)?;
        Some(Cow::Owned(User { fullname: profile.fullname.into_owned(), ..User::named(name) }))
    }

    /// The organization with this name.
    pub fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.name == name)
    }

    /// The organizations a user is a member of, with their role.
    pub fn memberships<'w>(
        &'w self,
        user: &'w str,
    ) -> impl Iterator<Item = (&'w Organization, OrgRole)> {
        self.organizations
            .iter()
            .filter_map(move |organization| Some((organization, organization.role_of(user)?)))
    }

    /// One page of a list of followers.
    pub fn followers_page<'w>(
        &'w self,
        followers: &'w [Followers],
        start: usize,
        len: usize,
    ) -> Vec<Profile<'w>> {
        let mut page = Vec::with_capacity(len.min(follower_count(followers)));
        let mut before = 0;
        for stretch in followers {
            let from = start.saturating_add(page.len()).saturating_sub(before).min(stretch.count());
            let to = (from + len - page.len()).min(stretch.count());
            match stretch {
                Followers::User(name) if from < to => {
                    page.extend(self.user(name).map(User::profile));
                }
                Followers::User(_) => {}
                Followers::Crowd { crowd, .. } => {
                    let crowd = self.crowds.iter().find(|known| known.name == *crowd);
                    page.extend(
                        crowd
                            .into_iter()
                            .flat_map(|crowd| (from..to).map(|index| crowd.member(index + 1))),
                    );
                }
            }
            before += stretch.count();
        }
        page
    }

    /// Whether a user is in a list of followers.
    pub fn is_follower(&self, followers: &[Followers], name: &str) -> bool {
        followers.iter().any(|stretch| match stretch {
            Followers::User(user) => user == name,
            Followers::Crowd { crowd, count } => self.crowds.iter().any(|known| {
                known.name == *crowd && known.number_of(name).is_some_and(|n| n <= *count)
            }),
        })
    }

    /// The users somebody follows, in the order of the seed.
    pub fn following<'w>(&'w self, name: &'w str) -> impl Iterator<Item = &'w User> {
        self.users.iter().filter(move |user| self.is_follower(&user.followers, name))
    }

    /// The organizations somebody follows.
    pub fn following_orgs<'w>(&'w self, name: &'w str) -> impl Iterator<Item = &'w Organization> {
        self.organizations.iter().filter(move |org| self.is_follower(&org.followers, name))
    }
}

impl Organization {
    /// What a user may do in it, if they are a member.
    pub fn role_of(&self, user: &str) -> Option<OrgRole> {
        self.members.iter().find(|member| member.name == user).map(|member| member.role)
    }
}

/// How many followers a list holds.
pub fn follower_count(followers: &[Followers]) -> usize {
    followers.iter().map(Followers::count).sum()
}
