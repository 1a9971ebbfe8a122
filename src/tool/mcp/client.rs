//! What a server may ask of us: who we are, where to work, and questions for the person.
//!
//! It never lets a server use the model.

#![expect(deprecated, reason = "servers of today still ask for roots")]

use std::sync::Arc;

use rmcp::model::{
    ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationCapability,
    ErrorData, FormElicitationCapability, Implementation, ListRootsResult,
    ProgressNotificationParam, Root, RootsCapabilities,
};
use rmcp::service::{NotificationContext, RequestContext};
use rmcp::{ClientHandler, RoleClient};

use super::desk::Desk;

/// Our end of a connection.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) desk: Arc<Desk>,
    pub(super) roots: Vec<super::Root>,
}

impl ClientHandler for Client {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        let form = FormElicitationCapability::default();
        capabilities.elicitation = Some(ElicitationCapability::default().with_form(form));
        capabilities.roots = (!self.roots.is_empty()).then(RootsCapabilities::default);
        ClientConfig::new(capabilities, Implementation::new("agentcard", env!("CARGO_PKG_VERSION")))
    }

    async fn list_roots(
        &self,
        _context: RequestContext<RoleClient>,
    ) -> Result<ListRootsResult, ErrorData> {
        let root = |root: &super::Root| {
            let named = Root::new(&root.uri);
            match &root.name {
                Some(name) => named.with_name(name),
                None => named,
            }
        };
        Ok(ListRootsResult::new(self.roots.iter().map(root).collect()))
    }

    async fn create_elicitation(
        &self,
        question: ElicitRequestParams,
        _context: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        Ok(self.desk.ask(question).await)
    }

    async fn on_progress(
        &self,
        _progress: ProgressNotificationParam,
        _context: NotificationContext<RoleClient>,
    ) {
        self.desk.stir();
    }

    async fn on_tool_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.desk.note_change();
    }

    async fn on_resource_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.desk.note_change();
    }

    async fn on_prompt_list_changed(&self, _context: NotificationContext<RoleClient>) {
        self.desk.note_change();
    }
}
