//! What the values stand for that a prompt may name.
//!
//! It does not know where in a prompt they stand.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use jiff::Zoned;
use rustix::system::uname;

use super::Scene;
use crate::card::{Origin, PromptValue};

/// The value, for those that are known before anything runs; the others are empty.
pub(super) fn value(value: PromptValue, scene: &Scene<'_>) -> String {
    match value {
        // Only looked up where it is asked for: finding the local time zone takes a while.
        PromptValue::CurrentDate => Zoned::now().strftime("%d %B %Y").to_string(),
        PromptValue::HostPlatform => host_platform(),
        PromptValue::WorkspaceRoot => scene.directory.display().to_string(),
        PromptValue::AgentName => scene.card.name.clone(),
        PromptValue::AgentType => "basic".to_owned(),
        PromptValue::AgentCardPath => card_path(scene, |path| path),
        PromptValue::AgentCardDir => card_path(scene, |mut path| {
            path.pop();
            path
        }),
        PromptValue::ModelName => model(scene).1,
        PromptValue::ModelProvider => model(scene).0,
        PromptValue::Env => environment(scene),
        PromptValue::ExecutionEnvironment => execution(scene),
        PromptValue::ClientDisplay => "agentcard".to_owned(),
        PromptValue::HomeDir => scene.home.display().to_string(),
        // In the prompt of an agent it is an error; in a file that it includes, it is text.
        PromptValue::Agents => "{{agents}}".to_owned(),
        PromptValue::AgentSkills => scene.skills.clone(),
        PromptValue::ModelReferences => references(scene),
        PromptValue::ModelSpecific
        | PromptValue::PythonVersion
        | PromptValue::ServerInstructions => String::new(),
    }
}

/// The version of `python3`, as it says it.
pub(super) async fn python_version() -> String {
    let run = || {
        Command::new("python3").arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output()
    };
    let ran = tokio::task::spawn_blocking(run).await;
    let said = ran.ok().and_then(Result::ok).filter(|output| output.status.success());
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let version = said.as_deref().and_then(|said| said.split_whitespace().nth(1));
    version.unwrap_or("not installed").to_owned()
}

fn host_platform() -> String {
    let system = uname();
    let parts = [system.sysname(), system.release(), system.machine()];
    parts.map(|part| part.to_string_lossy().into_owned()).join("-")
}

/// Where the card is; a card from elsewhere is nowhere on this machine.
fn card_path(scene: &Scene<'_>, part: fn(PathBuf) -> PathBuf) -> String {
    match scene.card.origin {
        Origin::Local => part(scene.directory.join(&scene.card.path)).display().to_string(),
        Origin::Remote => "(internal)".to_owned(),
    }
}

/// The provider and the model, which keeps its suffix.
fn model(scene: &Scene<'_>) -> (String, String) {
    let name = scene.target.map(crate::model::endpoint::Target::name).unwrap_or_default();
    match name.split_once('.') {
        Some((provider, model)) => (provider.to_owned(), model.to_owned()),
        None => (String::new(), name),
    }
}

/// What may stand in the place of a model, a line each; a card from elsewhere does not learn it.
fn references(scene: &Scene<'_>) -> String {
    let references = scene.config.model_references.iter();
    let references = references.filter(|_| scene.card.origin == Origin::Local);
    let lines = references.map(|(name, model)| format!("- ${name}: {}", model.value));
    lines.collect::<Vec<_>>().join("\n")
}

fn environment(scene: &Scene<'_>) -> String {
    format!(
        "Environment:\n- Workspace root: {}\n- Execution environment: {}\n- Client: agentcard\n\
         - Agentcard runtime: {}\n- Host platform: {}",
        scene.directory.display(),
        execution(scene),
        env!("CARGO_PKG_VERSION"),
        host_platform(),
    )
}

fn execution(scene: &Scene<'_>) -> String {
    format!("local (cwd: {})", scene.directory.display())
}
