//! Tool names as every provider takes them, and back.
//!
//! Providers differ in what a name may hold; letters, digits and `_` are taken everywhere, and by the
//! template that shows tools to gpt-oss. Tools of other servers are named as those please. It does not
//! know what a model makes of a name.

use std::borrow::Cow;

use crate::message::ToolSpec;

/// The longest name providers take.
const LONGEST: usize = 64;

/// The names of one set of tools that are not sent as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ToolNames(Vec<Renamed>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Renamed {
    declared: String,
    sent: String,
}

impl ToolNames {
    /// The names of these tools, each sent under one of its own.
    pub(super) fn of(specs: &[ToolSpec]) -> Self {
        let names = || specs.iter().map(|spec| spec.name.as_str());
        let mut renamed: Vec<Renamed> = Vec::new();
        for declared in names().filter(|name| !is_plain(name)) {
            let plain = plain(declared);
            let is_taken = |sent: &str| {
                names().any(|name| name == sent) || renamed.iter().any(|other| other.sent == sent)
            };
            let mut sent = plain.clone();
            let mut count = 1;
            while is_taken(&sent) {
                count += 1;
                let end = format!("_{count}");
                sent = format!("{}{end}", &plain[..plain.len().min(LONGEST - end.len())]);
            }
            renamed.push(Renamed { declared: declared.to_owned(), sent });
        }
        Self(renamed)
    }

    /// Whether all of them are sent as they are.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The name a tool is sent under. One of another set is sent as plain as it can be.
    pub(super) fn sent<'a>(&'a self, declared: &'a str) -> Cow<'a, str> {
        match self.0.iter().find(|renamed| renamed.declared == declared) {
            Some(renamed) => Cow::Borrowed(&renamed.sent),
            None if is_plain(declared) => Cow::Borrowed(declared),
            None => Cow::Owned(plain(declared)),
        }
    }

    /// The name of the tool that is sent under this one.
    pub(super) fn declared<'a>(&'a self, sent: &'a str) -> &'a str {
        let renamed = self.0.iter().find(|renamed| renamed.sent == sent);
        renamed.map_or(sent, |renamed| &renamed.declared)
    }
}

fn is_plain(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.len() <= LONGEST && name.bytes().all(fits)
}

fn plain(name: &str) -> String {
    if name.is_empty() {
        return "unnamed".to_owned();
    }
    let fits = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    name.chars().take(LONGEST).map(fits).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(declared: &[&str]) -> ToolNames {
        let spec = |name: &&str| ToolSpec {
            name: (*name).to_owned(),
            description: String::new(),
            parameters: json!({}).into(),
        };
        ToolNames::of(&declared.iter().map(spec).collect::<Vec<_>>())
    }

    #[test]
    fn every_name_is_plain_and_leads_back() {
        let long = "server/".repeat(20);
        let declared =
            ["plain", "a.b", "a-b", "a_b", "a b", "über", "", long.as_str(), &long[..70]];
        let names = names(&declared);
        let sent = declared.map(|name| names.sent(name).into_owned());
        assert_eq!(sent[..7], ["plain", "a_b_2", "a_b_3", "a_b", "a_b_4", "_ber", "unnamed"]);
        for (declared, sent) in declared.iter().zip(&sent) {
            assert!(is_plain(sent), "{sent}");
            assert_eq!(names.declared(sent), *declared);
        }
    }

    #[test]
    fn plain_names_are_left_alone() {
        let names = names(&["hf_api_request", "x2"]);
        assert!(names.is_empty());
        assert_eq!(names.sent("hf_api_request"), "hf_api_request");
        assert_eq!(names.declared("hf_api_request"), "hf_api_request");
        assert_eq!(names.sent("another.set"), "another_set");
    }
}
