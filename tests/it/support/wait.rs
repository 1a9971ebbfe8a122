//! Waiting for what happens elsewhere, however slow the machine is.
//!
//! It knows nothing of what is waited for.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::net::TcpSocket;

/// How long anything is waited for that must happen. Only a failure takes so long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

const PAUSE: Duration = Duration::from_millis(5);

/// Waits until this holds, and lets everything else on this thread go on meanwhile. A clock that
/// stands still goes on standing still.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        pause(what, since);
        tokio::task::yield_now().await;
    }
}

/// Waits for this while a clock that stands still goes on standing still, which would else go on as
/// soon as nothing but a process is waited for.
pub(crate) async fn standing<T>(result: impl Future<Output = T>) -> T {
    tokio::select! {
        result = result => result,
        () = until("a result", || false) => unreachable!("it does not hold"),
    }
}

/// Waits until this holds, and stops this thread meanwhile.
pub(crate) fn block_until(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        pause(what, since);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
fn pause(what: &str, since: Instant) {
    assert!(since.elapsed() < PATIENCE, "in vain: {what}");
    std::thread::sleep(PAUSE);
}

/// Whether a process runs. One that nobody has waited for yet is dead all the same.
pub(crate) fn is_alive(process: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process.trim()).join("stat"));
    stat.is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z')))
}

/// What some work comes to, and how long it kept the machine busy, however long that took.
pub(crate) fn busy_with<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = busy();
    let result = work();
    (result, busy().saturating_sub(before))
}

/// How long this thread has kept the machine busy.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    // In user mode and in the kernel, in hundredths of a second.
    let times = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
    Duration::from_millis(times.sum::<u64>() * 10)
}

/// An address at which nobody listens, and nobody else can, as long as it is there.
pub(crate) struct Nobody(TcpSocket);

impl Nobody {
    /// Such an address.
    pub(crate) fn there() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self(socket)
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }
}
