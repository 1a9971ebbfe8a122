//! Questions about users and organizations.

use super::*;

#[test]
fn who_somebody_is() {
    mean(
        &Question::Profiles(vec![ada()]),
        &[
            "who is ada-moreau",
            "Who is @ada-moreau?",
            "WHO IS ada-moreau?!",
            "Tell me about ada-moreau.",
            "tell me who \"ada-moreau\" is",
            "Please show me the profile of `ada-moreau`",
            "ada-moreau's profile",
            "look up ada-moreau",
            "describe ada-moreau",
            "ada-moreau",
        ],
    );
    let user = Account { kind: AccountKind::User, ..ada() };
    mean(&Question::Profiles(vec![user]), &["who is the user ada-moreau?"]);
    mean(&Question::Profiles(vec![named("Who")]), &["who is @Who?", "tell me about “Who”"]);
    mean(
        &Question::Profiles(vec![organization("lumen-labs")]),
        &[
            "tell me about the organization lumen-labs",
            "about org lumen-labs",
            "What is the lumen-labs organization?",
            "give me an overview of the organisation \"lumen-labs\"",
        ],
    );
    mean(
        &Question::Profiles(vec![ada(), named("kenji-watts")]),
        &[
            "overview of ada-moreau and kenji-watts",
            "Who are ada-moreau and kenji-watts?",
            "compare ada-moreau with kenji-watts",
            "tell me about @ada-moreau, @kenji-watts",
        ],
    );
}

#[test]
fn which_organizations_somebody_is_in() {
    mean(
        &Question::Organizations(ada()),
        &[
            "Which organizations is ada-moreau a member of?",
            "what orgs does ada-moreau belong to",
            "list the organisations of ada-moreau",
            "ada-moreau's organizations",
            "Of which organization is ada-moreau a member?",
            "is @ada-moreau in any organizations?",
            "what is ada-moreau a member of",
        ],
    );
    mean(
        &Question::Organizations(me()),
        &["which organizations am I in?", "my orgs", "what organizations do I belong to"],
    );
}

#[test]
fn who_follows_whom() {
    mean(
        &Question::Followers(ada()),
        &[
            "who follows ada-moreau?",
            "Followers of ada-moreau",
            "ada-moreau's followers",
            "who are the followers of 'ada-moreau'?",
            "who are ada-moreau's followers?",
            "Who follows ada-moreau and how many are there?",
            "who is ada-moreau followed by?",
            "list the users following ada-moreau",
        ],
    );
    mean(
        &Question::Followers(organization("lumen-labs")),
        &["followers of the organization lumen-labs", "who follows the org lumen-labs?"],
    );
    mean(
        &Question::Following(ada()),
        &[
            "whom does ada-moreau follow?",
            "Who does ada-moreau follow",
            "who is ada-moreau following?",
            "people followed by ada-moreau",
            "which users does ada-moreau follow",
        ],
    );
    mean(&Question::Followers(me()), &["who follows me?", "my followers"]);
}

#[test]
fn how_many() {
    let count = |what| Question::Count { of: ada(), what };
    mean(
        &count(Tally::Followers),
        &[
            "How many followers does ada-moreau have?",
            "number of followers of ada-moreau",
            "how many people follow ada-moreau",
            "ada-moreau: how many followers?",
            "ada-moreau's follower count",
            "how many followers has ada-moreau got?",
        ],
    );
    mean(&count(Tally::Following), &["how many users does ada-moreau follow"]);
    mean(&count(Tally::Likes), &["how many likes has ada-moreau?"]);
    mean(&count(Tally::Likes), &["how many repositories does ada-moreau like?"]);
    mean(&count(Tally::Models), &["how many models does ada-moreau have?"]);
    mean(&count(Tally::Spaces), &["How many spaces has ada-moreau?"]);
    let members = Question::Count { of: named("lumen-labs"), what: Tally::Members };
    mean(
        &members,
        &["how many members does lumen-labs have", "how many people are in lumen-labs?"],
    );
    mean(
        &Question::CompareFollowers(vec![ada(), named("kenji-watts")]),
        &[
            "compare followers of ada-moreau and kenji-watts",
            "Compare the followers of ada-moreau vs kenji-watts",
            "who has more followers, ada-moreau or kenji-watts?",
            "who has more followers: ada-moreau or kenji-watts",
            "how many followers do ada-moreau and kenji-watts have?",
        ],
    );
}

#[test]
fn what_somebody_likes() {
    let likes = |only| Question::Likes { of: ada(), only };
    mean(
        &likes(None),
        &["what does ada-moreau like?", "likes of ada-moreau", "which repos does ada-moreau like"],
    );
    mean(&likes(None), &["ada-moreau's likes", "list repositories liked by ada-moreau"]);
    mean(
        &likes(Some(RepoKind::Dataset)),
        &["which datasets does ada-moreau like?", "datasets liked by ada-moreau"],
    );
}

#[test]
fn who_is_in_an_organization() {
    mean(
        &Question::Members(named("lumen-labs")),
        &[
            "members of lumen-labs",
            "Who are the members of lumen-labs?",
            "who is a member of lumen-labs",
            "lumen-labs' members",
            "Who is in lumen-labs?",
            "who works at lumen-labs",
        ],
    );
    mean(&Question::Members(organization("lumen-labs")), &["list members of the org lumen-labs"]);
}
