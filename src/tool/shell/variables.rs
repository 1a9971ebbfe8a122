//! Which environment variables a command gets: those that hold no token, key or password.
//!
//! It is given the variables and reads none.

/// Parts of names that say that a variable holds something secret.
const SECRET_NAMES: &[&str] = &[
    "API",
    "AUTH",
    "BEARER",
    "COOKIE",
    "CREDENTIAL",
    "CREDENTIALS",
    "JWT",
    "KEY",
    "KEYS",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PAT",
    "PRIVATE",
    "PWD",
    "SECRET",
    "SECRETS",
    "SIGNATURE",
    "TOKEN",
    "TOKENS",
];

/// How secret values begin, whatever they are called.
const SECRET_VALUES: &[&str] = &[
    "hf_",
    "sk-",
    "gsk_",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
    "AIza",
    "eyJ",
    "npm_",
    "pypi-",
    "-----BEGIN",
];

/// Whether a command may have this variable. Those in `passed` it may in any case.
pub fn is_passed(name: &str, value: &str, passed: &[String]) -> bool {
    passed.iter().any(|passed| passed == name) || !(is_secret_name(name) || is_secret_value(value))
}

fn is_secret_name(name: &str) -> bool {
    // The two that only say where somebody is.
    if matches!(name, "PWD" | "OLDPWD") {
        return false;
    }
    let name = name.to_ascii_uppercase();
    // Words, so that `KEYBOARD` and `AUTHOR` are none, and endings, so that `APIKEY` is one.
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let endings = ["TOKEN", "SECRET", "PASSWORD", "APIKEY", "PASSWD"];
    words.into_iter().any(|word| {
        SECRET_NAMES.contains(&word) || endings.iter().any(|ending| word.ends_with(ending))
    })
}

fn is_secret_value(value: &str) -> bool {
    SECRET_VALUES.iter().any(|start| value.starts_with(start)) || has_userinfo(value)
}

/// Whether it is a URL that carries a password: `postgres://ada:secret@host/`.
fn has_userinfo(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.split_once('@').is_some_and(|(userinfo, _)| userinfo.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_name_and_by_value() {
        for (name, value) in [
            ("HF_TOKEN", "x"),
            ("OPENAI_API_KEY", "x"),
            ("openai_api_key", "x"),
            ("AGENTCARD_API_KEY", "x"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("PGPASSWORD", "x"),
            ("MYAPIKEY", "x"),
            ("NPM_CONFIG__AUTH", "x"),
            ("SSH_AUTH_SOCK", "/tmp/agent"),
            ("GOOGLE_APPLICATION_CREDENTIALS", "/home/ada/key.json"),
            ("HARMLESS", "hf_abcdef"),
            ("DATABASE_URL", "postgres://ada:secret@db/main"),
        ] {
            assert!(!is_passed(name, value, &[]), "{name}");
            assert!(is_passed(name, value, &[name.to_owned()]), "{name}");
        }
    }

    #[test]
    fn what_programs_need_is_there() {
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"),
            ("HOME", "/home/ada"),
            ("PWD", "/home/ada"),
            ("LANG", "C.UTF-8"),
            ("KEYBOARD_LAYOUT", "us"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("HTTP_PROXY", "http://proxy:3128/"),
            ("CARGO_HOME", "/home/ada/.cargo"),
            ("PYTHONPATH", "lib"),
        ] {
            assert!(is_passed(name, value, &[]), "{name}");
        }
    }
}
