//! Where an MCP server is, in a line: a URL, a package, a command line.
//!
//! It looks nothing up.

/// What a target is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An address.
    Url(String),
    /// A program and its arguments.
    Command(String, Vec<String>),
}

/// Reads a target. A package of npm is run with `npx`, which is told not to ask: nobody hears it.
pub(super) fn read(target: &str) -> Result<Target, String> {
    let target = target.trim();
    if target.starts_with("http://") || target.starts_with("https://") {
        return Ok(Target::Url(target.to_owned()));
    }
    let words = shlex::split(target).ok_or("its target has a quote that does not end")?;
    let mut words = words.into_iter();
    match words.next() {
        None => Err("its target is empty".to_owned()),
        Some(package) if package.starts_with('@') => {
            let arguments = ["-y".to_owned(), package].into_iter().chain(words).collect();
            Ok(Target::Command("npx".to_owned(), arguments))
        }
        Some(program) => Ok(Target::Command(program, words.collect())),
    }
}

/// A command line as a shell would take it.
pub(super) fn line(program: &str, arguments: &[String]) -> String {
    let words = arguments.iter().map(String::as_str);
    let words = std::iter::once(program).chain(words).map(|word| {
        // Only a NUL cannot be quoted.
        shlex::try_quote(word).map_or_else(|_| word.replace('\0', ""), Into::into)
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_url_a_package_or_a_command_line() {
        let shown = |target: &str| match read(target) {
            Ok(Target::Url(url)) => format!("url {url}"),
            Ok(Target::Command(program, arguments)) => line(&program, &arguments),
            Err(error) => error,
        };
        assert_eq!(shown("https://mcp.example.org/x?login"), "url https://mcp.example.org/x?login");
        assert_eq!(shown("@scope/server-files /tmp"), "npx -y @scope/server-files /tmp");
        assert_eq!(shown("npx  some-server"), "npx some-server");
        assert_eq!(shown("uvx mcp-server-time --local 'a b'"), "uvx mcp-server-time --local 'a b'");
        assert_eq!(shown("python3 server.py"), "python3 server.py");
        assert_eq!(shown(" "), "its target is empty");
        assert_eq!(shown("a 'b"), "its target has a quote that does not end");
    }
}
