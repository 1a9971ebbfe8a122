//! What this program starts: each in a process group of its own, which ends with it.
//!
//! It does not know what is run, nor who may run it.

use std::io;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// A child's process group. Dropped, it is killed, with all that the child started.
///
/// Whoever waits for the child drops it as soon as that is over: later on, the group's number may be
/// somebody else's. What has left the group, as daemons do, goes on: nothing tells it from what others
/// started, once its parent is gone.
#[derive(Debug)]
pub struct Group(Pid);

/// Starts a command in a group of its own, to which Ctrl-C means nothing.
pub fn start(command: &mut Command) -> io::Result<(Child, Group)> {
    let child = command.process_group(0).kill_on_drop(true).spawn()?;
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let id = id.ok_or_else(|| io::Error::other("it has no number"))?;
    Ok((child, Group(id)))
}

impl Drop for Group {
    fn drop(&mut self) {
        // It fails where nobody of the group is left.
        let _gone = kill_process_group(self.0, Signal::KILL);
    }
}
