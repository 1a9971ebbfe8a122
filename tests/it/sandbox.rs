//! Tests of the sandbox's Hub: that it answers as the Hub does.

mod client;
mod faults;
mod lists;
mod rules;
mod samples;
mod seeds;

use std::time::Duration;

use crate::support::wait::PATIENCE;
use agentcard::net::{Proxying, client};
use agentcard::sandbox::serve;
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
    client(Proxying::Direct, Duration::from_secs(10)).unwrap()
}

#[tokio::test]
async fn an_emulator_serves_until_it_is_told_to_stop() {
    let (announced, origin) = tokio::sync::oneshot::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let options = Options { world: World::standard().unwrap(), ..Options::default() };
    let served = serve(options, |running| announced.send(running.origin.clone()).unwrap(), async {
        drop(stopped.await);
    });
    let used = async {
        let url = format!("{}/api/users/ada-moreau/overview", origin.await.unwrap());
        assert_eq!(http().get(&url).send().await.unwrap().status(), 200);
        stop.send(()).unwrap();
        url
    };
    let (served, url) = tokio::join!(served, used);
    served.unwrap();
    // The listener is closed by a task that has yet to have its turn.
    let refused = async {
        while !http().get(&url).send().await.is_err_and(|error| error.is_connect()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
}
