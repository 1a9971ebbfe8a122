//! A model's name as people write it: `[provider(.|/)]model[:suffix][?key=value&key=value]`.
//!
//! It reads the grammar only. Which words are providers and which names are short for others is
//! told to it; it knows no URL and no key.

mod params;

use std::fmt;
use std::str::FromStr;

pub use params::{Effort, ModelParams};

/// A model spec, taken apart as far as the grammar alone can.
///
/// `hf.openai/gpt-oss-20b:groq?reasoning=high` has the name `hf.openai/gpt-oss-20b`, the suffix
/// `groq` and one parameter. Ollama's tags have the same form: in `ollama.gpt-oss:20b` the suffix
/// is `20b`, and what is sent is `gpt-oss:20b` again.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSpec {
    /// What stands before the suffix: an alias, or a provider and a model.
    pub name: String,
    /// What follows the last `:`. The Hugging Face router reads it as the upstream to use.
    pub suffix: Option<String>,
    /// What follows the `?`.
    pub params: ModelParams,
}

/// A model spec that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ModelSpecError {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl ModelSpec {
    /// Splits the name into provider and model: at the first `/` or, failing that, at the first `.`,
    /// if a provider's id stands before it.
    pub fn split_provider(&self, is_provider: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
        ['/', '.']
            .into_iter()
            .filter_map(|separator| self.name.split_once(separator))
            .find(|(provider, model)| is_provider(provider) && !model.is_empty())
    }

    /// Puts what an alias stands for in its place: this spec's suffix and parameters win.
    #[must_use]
    pub fn expanded(self, target: Self) -> Self {
        Self {
            name: target.name,
            suffix: self.suffix.or(target.suffix),
            params: self.params.or(target.params),
        }
    }
}

impl FromStr for ModelSpec {
    type Err = ModelSpecError;

    fn from_str(text: &str) -> Result<Self, ModelSpecError> {
        let text = text.trim();
        if text.contains(char::is_control) {
            return Err(ModelSpecError::new("a model spec holds no control characters"));
        }
        refuse_other_grammars(text)?;
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        let (name, suffix) = match path.rsplit_once(':') {
            Some((name, suffix)) => (name, Some(suffix)),
            None => (path, None),
        };
        if name.is_empty() {
            return Err(ModelSpecError::new("a model spec needs a name"));
        }
        if suffix == Some("") {
            return Err(ModelSpecError::new(format!("nothing follows the `:` of `{path}`")));
        }
        if name.contains(char::is_whitespace) {
            return Err(ModelSpecError::new("a model's name holds no spaces"));
        }
        refuse_effort_suffix(name)?;
        let params = query.map_or_else(|| Ok(ModelParams::default()), str::parse)?;
        Ok(Self { name: name.to_owned(), suffix: suffix.map(str::to_owned), params })
    }
}

impl fmt::Display for ModelSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(suffix) = &self.suffix {
            write!(f, ":{suffix}")?;
        }
        if self.params != ModelParams::default() {
            write!(f, "?{}", self.params)?;
        }
        Ok(())
    }
}

impl ModelSpecError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Recognizes what other runtimes of cards read in a model's place and this one does not.
fn refuse_other_grammars(text: &str) -> Result<(), ModelSpecError> {
    if text.starts_with('$') {
        return Err(ModelSpecError::new(format!(
            "model references like `{text}` are not supported"
        ))
        .hint("name the model, or set an alias in the configuration: `[aliases]`"));
    }
    if text.contains(',') {
        return Err(ModelSpecError::new("a list of models is not supported")
            .hint("name one model, and run once for each"));
    }
    Ok(())
}

/// Effort was once written `model.high`. Taking that for a part of the model's id would fail late.
fn refuse_effort_suffix(name: &str) -> Result<(), ModelSpecError> {
    match name.rsplit_once('.') {
        Some((model, effort @ ("minimal" | "low" | "medium" | "high" | "xhigh"))) => {
            Err(ModelSpecError::new(format!("`.{effort}` is no longer a way to set the effort"))
                .hint(format!("write `{model}?reasoning={effort}`")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spec(name: &str, suffix: Option<&str>, params: ModelParams) -> ModelSpec {
        ModelSpec { name: name.to_owned(), suffix: suffix.map(str::to_owned), params }
    }

    #[test]
    fn a_spec_has_a_name_a_suffix_and_parameters() {
        let params = ModelParams {
            reasoning: Some(Effort::High),
            temperature: Some(0.2),
            max_tokens: Some(4096),
            ..ModelParams::default()
        };
        assert_eq!(
            "hf.openai/gpt-oss-20b:groq?reasoning=xhigh&temp=0.2&maxTokens=4096".parse(),
            Ok(spec("hf.openai/gpt-oss-20b", Some("groq"), params)),
        );
    }

    #[test]
    fn an_ollama_tag_is_a_suffix_like_any_other() {
        assert_eq!(
            "ollama.gpt-oss:20b".parse(),
            Ok(spec("ollama.gpt-oss", Some("20b"), ModelParams::default())),
        );
    }

    #[test]
    fn the_provider_stands_before_the_first_slash_or_a_dot() {
        let known = |id: &str| ["hf", "openai"].contains(&id);
        let split = |text: &str| {
            let spec: ModelSpec = text.parse().unwrap();
            spec.split_provider(known).map(|(a, b)| (a.to_owned(), b.to_owned()))
        };
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(split("hf.openai/gpt-oss-20b:groq"), pair("hf", "openai/gpt-oss-20b"));
        assert_eq!(split("hf/openai/gpt-oss-20b"), pair("hf", "openai/gpt-oss-20b"));
        // As in the reference runtime: the organization's name is a provider's too.
        assert_eq!(split("openai/gpt-oss-20b"), pair("openai", "gpt-oss-20b"));
        assert_eq!(split("openai.gpt-4.1"), pair("openai", "gpt-4.1"));
        assert_eq!(split("gpt-4.1"), None);
        assert_eq!(split("meta-llama/Llama-3.1-8B"), None);
        assert_eq!(split("hf."), None);
    }

    #[test]
    fn what_was_written_wins_over_what_an_alias_brings() {
        let written: ModelSpec = "gpt-oss:groq?temperature=1".parse().unwrap();
        let target = "hf.openai/gpt-oss-120b:cerebras?temperature=0&reasoning=low".parse().unwrap();
        assert_eq!(
            written.expanded(target).to_string(),
            "hf.openai/gpt-oss-120b:groq?reasoning=low&temperature=1",
        );
    }

    fn explain(text: &str) -> String {
        let error = text.parse::<ModelSpec>().unwrap_err();
        let hint = error.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{text:?}: {error}{hint}")
    }

    #[test]
    fn bad_specs_say_what_to_write_instead() {
        let bad = [
            " ",
            ":groq",
            "hf.gpt-oss:",
            "two words",
            "a\u{1b}[31m",
            "gpt-oss-20b.high",
            "sonnet,haiku",
            "$system.fast",
        ];
        let explained: Vec<String> = bad.into_iter().map(explain).collect();
        insta::assert_snapshot!(explained.join("\n"), @r##"
        " ": a model spec needs a name
        ":groq": a model spec needs a name
        "hf.gpt-oss:": nothing follows the `:` of `hf.gpt-oss:`
        "two words": a model's name holds no spaces
        "a\u{1b}[31m": a model spec holds no control characters
        "gpt-oss-20b.high": `.high` is no longer a way to set the effort (write `gpt-oss-20b?reasoning=high`)
        "sonnet,haiku": a list of models is not supported (name one model, and run once for each)
        "$system.fast": model references like `$system.fast` are not supported (name the model, or set an alias in the configuration: `[aliases]`)
        "##);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".*") {
            let _outcome = text.parse::<ModelSpec>();
        }

        #[test]
        fn what_is_displayed_parses_to_the_same_spec(
            text in r"[a-z./:-]{0,12}(:[a-z0-9 ]{0,4})?(\?(temp|top_k|reasoning|maxTokens)=(0\.[0-9]{1,3}|[0-9]{1,9}|low|max))?"
        ) {
            if let Ok(spec) = text.parse::<ModelSpec>() {
                prop_assert_eq!(spec.to_string().parse(), Ok(spec));
            }
        }
    }
}
