//! `agentcard sandbox serve`: the Hub emulator as a program of its own.
//!
//! It says where the emulator is and how to use it; what it answers is not decided here.

use std::io::{self, Write as _};
use std::path::Path;

use tokio_util::sync::CancellationToken;

use super::args::ServeArgs;
use super::interrupt;
use crate::failure::{Exit, Failure};
use crate::sandbox;
use crate::sandbox::server::{Options, Running};
use crate::sandbox::world::World;

/// Serves until a signal says stop.
pub(super) async fn serve(args: ServeArgs) -> Exit {
    let stopped = async {
        let cancel = CancellationToken::new();
        tokio::select! {
            never = interrupt::watch(&cancel, || false) => match never {},
            () = cancel.cancelled() => {}
        }
    };
    let served = async {
        let options = Options { port: args.port, world: world(&args)?, faults: args.faults };
        sandbox::serve(options, announce, stopped).await.map_err(|error| {
            let message = format!("the emulator cannot listen on port {}: {error}", args.port);
            Failure::new(Exit::Failed, message).hint("name another port with --port, or 0")
        })
    };
    match served.await {
        Ok(()) => Exit::Answered,
        Err(failure) => {
            let _unseen = failure.print(io::stderr());
            failure.exit
        }
    }
}

fn world(args: &ServeArgs) -> Result<World, Failure> {
    let invalid = |path: &Path, error: String| {
        Failure::new(Exit::Invalid, format!("{}: {error}", path.display()))
    };
    let mut world = match &args.seed {
        Some(path) => {
            let seed = std::fs::read_to_string(path)
                .map_err(|error| invalid(path, format!("cannot be read: {error}")))?;
            World::parse(&seed).map_err(|error| invalid(path, error.to_string()))?
        }
        None => World::standard()
            .map_err(|error| Failure::new(Exit::Failed, format!("the built-in world: {error}")))?,
    };
    if let Some(size) = args.big {
        world.add_big(size);
    }
    Ok(world)
}

/// The address alone goes to standard output, for scripts; how to use it, to standard error.
fn announce(running: &Running) {
    let origin = &running.origin;
    let _unseen = writeln!(io::stdout(), "{origin}");
    let _unseen = writeln!(
        io::stderr(),
        "The Hub emulator listens until Ctrl-C. To use it:\n  export HF_ENDPOINT={origin} \
         HF_TOKEN=hf_test_write_ada"
    );
}
