//! The scripted Hub: one user's overview, whoever is asked for; those called `slow-…` take their time.

use std::time::Duration;

use hyper::body::Bytes;

use crate::exchange::SLOW_CALL;
use crate::serve::{Piece, Reply};

const OVERVIEW: &str = r#"{"_id":"651c0ffee0ddba11ca5cade5","avatarUrl":"/avatars/2f1c.svg","isPro":false,"fullname":"Ada Moreau","numModels":3,"numDatasets":1,"numSpaces":2,"numDiscussions":14,"numPapers":0,"numUpvotes":9,"numLikes":27,"numFollowers":58,"numFollowing":12,"createdAt":"2023-10-03T12:30:06.000Z","orgs":[{"id":"651c0ffee0ddba11ca5cade6","name":"lumen-labs","fullname":"Lumen Labs","avatarUrl":"/avatars/77aa.svg","isHf":false,"isEnterprise":false}],"user":"ada-moreau","type":"user"}"#;

/// Answers any path.
pub(crate) fn reply(path: &str, _body: &[u8]) -> Reply {
    let wait = if path.contains("/slow-") { SLOW_CALL } else { Duration::ZERO };
    let pieces = vec![Piece::Bytes(Bytes::from_static(OVERVIEW.as_bytes()))];
    Reply { wait, content_type: "application/json; charset=utf-8", pieces }
}
