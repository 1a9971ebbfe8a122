//! What a command can reach, held by the kernel where it can: Landlock on Linux.
//!
//! The thread that starts a command is confined before it does, and the command with it; the thread
//! is made for that and ends there. It does not know which paths are worth reaching.

use std::io;
use std::path::PathBuf;

use tokio::process::{Child, Command};

use crate::process::{Group, start};

/// What commands can reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confinement {
    /// Whatever the person can.
    None,
    /// Files in these places alone, if the kernel can hold them to it.
    Places(Places),
}

/// Places in the file system. Those that do not exist do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// What can be read and run.
    pub read: Vec<PathBuf>,
    /// What can be written, too.
    pub write: Vec<PathBuf>,
}

/// Starts a command, confined.
pub(super) async fn spawn(
    mut command: Command,
    confinement: &Confinement,
) -> io::Result<(Child, Group)> {
    match confinement {
        Confinement::None => start(&mut command),
        Confinement::Places(places) => kernel::spawn(command, places.clone()).await,
    }
}

/// Whether the kernel confines. It is asked once, before the first command.
pub fn is_enforced() -> bool {
    kernel::is_enforced()
}

#[cfg(target_os = "linux")]
mod kernel {
    use std::io;
    use std::path::Path;
    use std::thread;

    use landlock::{
        ABI, Access as _, AccessFs, CompatLevel, Compatible as _, RestrictionStatus, Ruleset,
        RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, RulesetError, RulesetStatus,
        Scope, path_beneath_rules,
    };
    use tokio::process::{Child, Command};
    use tokio::runtime::Handle;
    use tokio::sync::oneshot;

    use super::{Group, Places, start};

    /// The version whose rights are handled (Linux 6.12); an older kernel holds what it knows.
    const VERSION: ABI = ABI::V6;

    pub(super) async fn spawn(mut command: Command, places: Places) -> io::Result<(Child, Group)> {
        let runtime = Handle::current();
        let (sender, receiver) = oneshot::channel();
        thread::Builder::new().name("confined".to_owned()).spawn(move || {
            let child = confine(&places).map_err(io::Error::other).and_then(|_| {
                let _inside = runtime.enter();
                start(&mut command)
            });
            // If nobody waits any more, the command is killed as it is dropped.
            let _unwanted = sender.send(child);
        })?;
        receiver.await.map_err(io::Error::other)?
    }

    pub(super) fn is_enforced() -> bool {
        let thread = thread::spawn(|| confine(&Places::default()));
        let status = thread.join().ok().and_then(Result::ok);
        status.is_some_and(|status| status.ruleset != RulesetStatus::NotEnforced)
    }

    /// Confines the thread it runs on.
    fn confine(places: &Places) -> Result<RestrictionStatus, RulesetError> {
        let all = AccessFs::from_all(VERSION);
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(all)?
            .scope(Scope::from_all(VERSION))?
            .create()?
            .add_rules(path_beneath_rules(&places.read, AccessFs::from_read(VERSION)))?
            .add_rules(path_beneath_rules(&places.write, all))?
            .add_rules(path_beneath_rules(DEVICES.map(Path::new), all))
            .and_then(RulesetCreated::restrict_self)
    }

    /// The devices any program may expect. The terminal is none of them: nothing but this program
    /// draws on it or reads what the person answers.
    const DEVICES: [&str; 6] =
        ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/shm"];
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use std::io;

    use tokio::process::{Child, Command};

    use super::{Group, Places, start};

    #[expect(clippy::unused_async, reason = "where a kernel confines, it takes a thread")]
    pub(super) async fn spawn(mut command: Command, _: Places) -> io::Result<(Child, Group)> {
        start(&mut command)
    }

    pub(super) fn is_enforced() -> bool {
        false
    }
}
