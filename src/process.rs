//! What this program starts: each in a process group of its own, which ends with it.
//!
//! It does not know what is run, nor who may run it.

use rustix::process::{Pid, Signal, kill_process_group};

/// A child's process group. Dropped, it is killed, with all that the child started.
///
/// The child must have been started with `process_group(0)`. What has left the group since, as daemons
/// do, goes on: nothing tells it from what somebody else started, once its parent is gone.
#[derive(Debug)]
pub struct Group(Pid);

impl Group {
    /// The group of a child that was just started; nothing if the child is over already.
    pub fn of(child: &tokio::process::Child) -> Option<Self> {
        let id = i32::try_from(child.id()?).ok()?;
        Pid::from_raw(id).map(Self)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It fails where nobody of the group is left.
        let _gone = kill_process_group(self.0, Signal::KILL);
    }
}
