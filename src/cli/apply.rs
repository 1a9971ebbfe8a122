//! `agentcard apply`: sends the plan of a dry run.
//!
//! Everything is planned anew first, so that what a file says is checked like any other write, and
//! what has changed since is not overwritten.

use std::path::{Path, PathBuf};

use super::args::{ApplyArgs, ConfirmArgs};
use super::plan::{Plan, SANDBOX};
use super::send::{self, Sender, Sent};
use crate::config::{Config, Environment};
use crate::failure::{Exit, Failure};
use crate::tool::WritePlan;

/// Sends the writes of a plan, each after a yes.
pub(super) async fn apply(args: ApplyArgs, environment: &Environment) -> Result<(), Failure> {
    let ApplyArgs { plan: path, confirm } = args;
    let plan = Plan::load(&path)?;
    let config = send::settings(&confirm, environment)?;
    check_origin(&plan, &config)?;
    send_all((&config, environment), &confirm, (plan, path)).await
}

async fn send_all(
    surroundings: (&Config, &Environment),
    confirm: &ConfirmArgs,
    (plan, path): (Plan, PathBuf),
) -> Result<(), Failure> {
    send::with_sender(surroundings, confirm, None, async |sender| {
        if plan.writes.is_empty() {
            sender.say("There is nothing to send.");
        }
        let fresh = plan_all(sender, &plan.writes).await?;
        let count = fresh.len();
        let mut refused = Vec::new();
        let mut left = fresh.into_iter();
        while let Some(write) = left.next() {
            match sender.send(write.clone()).await {
                Sent::Done => {}
                Sent::Refused => refused.push(write),
                Sent::Failed => {
                    refused.extend(left);
                    return Err(stopped(&Plan::new(&plan.origin, refused), &path));
                }
            }
        }
        // To send the whole plan again would make some writes twice.
        if (1..count).contains(&refused.len()) {
            let kept = keep(&Plan::new(&plan.origin, refused), &path)?;
            sender.say(&format!("What was not sent is kept in {}.", kept.display()));
        }
        Ok(())
    })
    .await
}

/// Plans all writes anew. Nothing is sent if one of them is no longer what it was.
async fn plan_all(sender: &Sender, writes: &[WritePlan]) -> Result<Vec<WritePlan>, Failure> {
    let (mut fresh, mut wrong) = (Vec::new(), Vec::new());
    for (index, planned) in writes.iter().enumerate() {
        let number = index + 1;
        match sender.plan(planned.clone()).await {
            Ok(plan) if plan.now == planned.now => fresh.push(plan),
            Ok(plan) => wrong.push(format!(
                "{number}. {}: it has changed since the plan was made; it was\n{}\nand is now\n{}",
                planned.request.bare(),
                json(planned),
                json(&plan)
            )),
            Err(error) => {
                let why = error.message.trim_start_matches("Nothing was sent: ");
                wrong.push(format!("{number}. {}: {why}", planned.request.bare()));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(fresh);
    }
    Err(Failure::new(Exit::Failed, format!("nothing was sent:\n{}", wrong.join("\n")))
        .hint("make the plan again with `agentcard ask --dry-run --plan FILE`"))
}

/// What a write replaces, as JSON.
fn json(plan: &WritePlan) -> String {
    plan.now.as_ref().map_or_else(|| "nothing".to_owned(), |now| format!("{now:#}"))
}

/// The failure of a plan of which a write failed, and this much is left.
fn stopped(rest: &Plan, path: &Path) -> Failure {
    if rest.writes.is_empty() {
        return Failure::new(Exit::Failed, "a write failed");
    }
    let failure = Failure::new(Exit::Failed, "a write failed, and none after it was sent");
    match keep(rest, path) {
        Ok(name) => failure.hint(format!(
            "those that were not sent are in {0}: agentcard apply {0}",
            name.display()
        )),
        Err(unsaved) => failure.hint(unsaved.message),
    }
}

/// Keeps what was not sent of a plan beside it.
fn keep(rest: &Plan, path: &Path) -> Result<PathBuf, Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".rest");
    let name = PathBuf::from(name);
    rest.save(&name)?;
    Ok(name)
}

fn check_origin(plan: &Plan, config: &Config) -> Result<(), Failure> {
    let hub = config.hub.endpoint.value.as_str();
    if plan.origin == SANDBOX {
        let message = "the plan was made in the sandbox, which ended with that run";
        return Err(Failure::new(Exit::Invalid, message).hint("make it again without --sandbox"));
    }
    if plan.origin != hub {
        let message = format!("the plan is for {}, and the Hub in use is {hub}", plan.origin);
        return Err(Failure::new(Exit::Invalid, message)
            .hint(format!("if that is meant: HF_ENDPOINT={}", plan.origin)));
    }
    Ok(())
}
