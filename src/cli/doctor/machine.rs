//! The checks of this machine: servers on it, the way out of it, the terminal, the disk, Python.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use url::Url;

use super::check::Check;
use crate::config::{Color, Config, Environment, Terminal};
use crate::failure::Exit;
use crate::model::endpoint;
use crate::transcript::Store;

/// How long Python may take to say which one it is.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Which model servers run here.
pub(super) async fn local_servers(config: &Config) -> Check {
    const NAME: &str = "local servers";
    let servers = endpoint::local_servers(config).await;
    let mut servers = servers.iter().map(ToString::to_string);
    match servers.next() {
        None => Check::ok(NAME, "none answers"),
        Some(first) => servers.fold(Check::ok(NAME, first), Check::and),
    }
}

/// Which proxy and which certificate authorities are used.
pub(super) fn network(environment: &Environment) -> Check {
    const NAME: &str = "network";
    let proxies =
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].iter().filter_map(|name| {
            let lower = name.to_lowercase();
            let (name, value) = environment
                .get(&lower)
                .map(|value| (lower, value))
                .or_else(|| Some(((*name).to_owned(), environment.get(name)?)))?;
            let shown = if name.eq_ignore_ascii_case("no_proxy") { value } else { host_of(&value) };
            Some(format!("{name}: {shown}"))
        });
    let mut proxies = proxies.peekable();
    let first = if proxies.peek().is_some() { "a proxy is set" } else { "no proxy" };
    let check = proxies.fold(Check::ok(NAME, first), Check::and);
    let Some(name) =
        ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().find(|name| environment.get(name).is_some())
    else {
        return check.and("certificate authorities: the system's");
    };
    let path = PathBuf::from(environment.get(name).unwrap_or_default());
    let found = format!("certificate authorities: {} ({name})", path.display());
    match path.metadata() {
        Ok(_) => check.and(found),
        Err(error) => check
            .broken(Exit::Failed, format!("{found}: {error}"))
            .hint(format!("name a file that is there, or unset {name}")),
    }
}

/// A proxy without the password it may hold.
fn host_of(proxy: &str) -> String {
    let url = Url::parse(proxy).or_else(|_| Url::parse(&format!("http://{proxy}")));
    match url {
        Ok(url) if url.has_host() => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
        }
        Ok(_) | Err(_) => "set to something that is no URL".to_owned(),
    }
}

/// What the terminal can do.
pub(super) fn terminal(config: &Config, environment: &Environment) -> Check {
    const NAME: &str = "terminal";
    let is = |is_terminal: bool| if is_terminal { "a terminal" } else { "not a terminal" };
    let kind = environment.get("TERM").unwrap_or_else(|| "not set".to_owned());
    let color = match config.color.value {
        Color::Auto => "where a terminal shows it",
        Color::Always => "always",
        Color::Never => "never",
    };
    let check = Check::ok(NAME, format!("input is {}", is(io::stdin().is_terminal())))
        .and(format!("output is {}", is(io::stdout().is_terminal())))
        .and(format!("TERM is {kind}; color: {color} ({})", config.color.origin));
    match config.terminal {
        Terminal::Capable => check,
        Terminal::Dumb => check.and("it shows plain text only"),
    }
}

/// Where conversations are kept, and whether they can be.
pub(super) fn transcripts(config: &Config) -> Check {
    const NAME: &str = "transcripts";
    let Some(state) = &config.directories.state else {
        return Check::warn(NAME, "there is no home directory to keep them in")
            .hint("set HOME or XDG_STATE_HOME");
    };
    let store = Store::new(state);
    let directory = store.directory();
    let count = store.ids().map(|ids| ids.len()).unwrap_or_default();
    let found = format!("{} ({count} kept)", directory.display());
    match try_to_write(directory) {
        Ok(()) => Check::ok(NAME, found),
        Err(error) => Check::warn(NAME, format!("{found} cannot be written: {error}"))
            .hint("conversations run without it, and are lost when they end"),
    }
}

/// Writes a file there and removes it; where there is no directory yet, in the one it would be made
/// in.
fn try_to_write(directory: &Path) -> io::Result<()> {
    let there = directory.ancestors().find(|directory| directory.exists()).unwrap_or(directory);
    let probe = there.join(format!(".agentcard-doctor-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(probe)
}

/// Which Python there is.
pub(super) async fn python(environment: &Environment) -> Check {
    const NAME: &str = "python";
    let path = environment.get("PATH").unwrap_or_default();
    let names = path.split(':').filter(|directory| !directory.is_empty());
    let found =
        names.map(|directory| Path::new(directory).join("python3")).find(|file| file.is_file());
    let Some(file) = found else {
        return Check::warn(NAME, "there is no python3 on the PATH")
            .hint("only cards with function tools in Python need it");
    };
    let shown = file.display();
    match timeout(PATIENCE, version(&file)).await {
        Ok(Ok(version)) => Check::ok(NAME, format!("{} ({shown})", version.trim())),
        Ok(Err(error)) => Check::warn(NAME, format!("{shown} cannot be run: {error}")),
        Err(_) => Check::warn(NAME, format!("{shown} does not say which version it is")),
    }
}

/// What a Python says it is. It is looked at now and then rather than waited for, and ended if
/// nobody looks any more.
async fn version(file: &Path) -> io::Result<String> {
    let mut command = Command::new(file);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Ended(command.spawn()?);
    while child.0.try_wait()?.is_none() {
        sleep(LOOK).await;
    }
    let mut version = String::new();
    if let Some(mut stdout) = child.0.stdout.take() {
        stdout.read_to_string(&mut version)?;
    }
    Ok(version)
}

/// A process that does not outlive this program's interest in it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It has ended by itself, or is ended here.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}
