//! Tests of the sandbox's Hub: that it answers as the Hub does.

mod client;
mod faults;
mod samples;

use agentcard::net::{Proxying, client};
use agentcard::sandbox::server::{Options, Running, start};
use agentcard::sandbox::world::World;

const ADA: &str = "hf_test_write_ada";
const KENJI: &str = "hf_test_write_kenji";

/// An emulator of the default world.
async fn standard() -> Running {
    start(Options { world: World::standard().unwrap(), ..Options::default() }).await.unwrap()
}

/// A client that follows no redirects.
fn http() -> reqwest::Client {
    client(Proxying::Direct).unwrap()
}
