//! Requests to pass a gate, as those who may decide about them see them.

use serde::Serialize;
use serde_json::{Map, Value};

use super::View;
use super::people::CompactUser;
use crate::sandbox::world::{AccessRequest, AccessStatus, Profile};

/// A request. `requestId` is read unconditionally by newer clients, `user` by older ones.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestView<'w> {
    request_id: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Requester<'w>>,
    timestamp: &'w str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_at: Option<&'w str>,
    status: AccessStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_by: Option<CompactUser<'w>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<&'w Map<String, Value>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Requester<'w> {
    #[serde(flatten)]
    user: CompactUser<'w>,
    verified_org_names: Vec<&'w str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'w str>,
}

impl<'w> View<'w> {
    /// A request to pass a gate.
    pub(crate) fn request(self, request: &'w AccessRequest) -> RequestView<'w> {
        let user = self.world.profile(&request.user);
        let granted_by = request.granted_by.as_deref().and_then(|name| self.world.profile(name));
        RequestView {
            request_id: &request.id,
            user: user.map(|profile| self.requester(profile, request)),
            timestamp: &request.timestamp,
            reviewed_at: request.reviewed_at.as_deref(),
            status: request.status,
            granted_by: granted_by.map(CompactUser::plain),
            fields: request.fields.as_ref(),
        }
    }

    fn requester(self, profile: Profile<'w>, request: &'w AccessRequest) -> Requester<'w> {
        let memberships = self.world.memberships(&request.user);
        let verified = memberships.filter(|(organization, _)| organization.verified);
        Requester {
            verified_org_names: verified.map(|(org, _)| org.name.as_str()).collect(),
            user: CompactUser::plain(profile),
            email: request.email.as_deref(),
        }
    }
}
