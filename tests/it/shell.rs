//! The shell and the files of a card: commands that really run, files that are really written.

mod commands;
mod confined;
mod files;
mod program;

use std::path::Path;
use std::sync::{Arc, Mutex};

use agentcard::event::{CallStatus, Events};
use agentcard::tool::set::CallResult;
use agentcard::tool::shell::{self, Confinement, Surroundings};
use agentcard::tool::{
    Approver, Pending, Tool, ToolContext, ToolSet, Verdict, WorkingDirectory, WritePlan,
};
use futures_util::future::BoxFuture;
use serde_json::Value;

/// Says yes to everything, and remembers what it was asked.
#[derive(Default)]
struct Yes(Mutex<Vec<WritePlan>>);

impl Approver for Yes {
    fn decide<'a>(&'a self, pending: Pending<'a>) -> BoxFuture<'a, Verdict> {
        self.0.lock().expect("no test panics with it").push(pending.plan.clone());
        Box::pin(async move { Verdict::Approved(Box::new(pending.plan.approve())) })
    }
}

/// Tools whose every write is approved.
struct Bench {
    tools: ToolSet,
    asked: Arc<Yes>,
}

impl Bench {
    fn new(tools: Vec<Arc<dyn Tool>>) -> Self {
        let asked = Arc::new(Yes::default());
        Self { tools: ToolSet::new(tools, asked.clone()), asked }
    }

    /// A shell in a directory, with these variables and nothing that holds it.
    fn shell(directory: &Path, variables: &[(&str, &str)]) -> Self {
        Self::confined(directory, variables, Confinement::None)
    }

    fn confined(directory: &Path, variables: &[(&str, &str)], confinement: Confinement) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let path = [("PATH".to_owned(), "/usr/bin:/bin".to_owned())];
        Self::new(shell::tools(Surroundings {
            directory: WorkingDirectory::open(directory).expect("a directory"),
            variables: path.into_iter().chain(variables.iter().map(owned)).collect(),
            confinement,
        }))
    }

    async fn call(&self, name: &str, arguments: Value) -> CallResult {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        self.tools.call(name, arguments, &ToolContext::new(Events::channel().0)).await
    }

    /// What a call that has to succeed is answered.
    async fn ok(&self, name: &str, arguments: Value) -> String {
        let result = self.call(name, arguments).await;
        assert_eq!(result.status, CallStatus::Ok, "{}", result.content);
        result.content
    }

    /// What a call that has to fail is answered.
    async fn error(&self, name: &str, arguments: Value) -> String {
        let result = self.call(name, arguments).await;
        assert_eq!(result.status, CallStatus::Error, "{}", result.content);
        result.content
    }

    /// What was asked about: the words, and the request as rules name it.
    fn asked(&self) -> Vec<(String, String)> {
        let asked = self.asked.0.lock().expect("no test panics with it");
        asked.iter().map(|plan| (plan.words.clone(), plan.request.to_string())).collect()
    }
}
