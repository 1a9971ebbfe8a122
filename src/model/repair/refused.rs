//! Tool calls that Groq refuses for the model: `tool_use_failed`.
//!
//! The refusal holds what the model wrote. As a call it goes the usual way, and the tool's own
//! complaint lets the model correct itself; recorded runs succeed on the next request.

use serde_json::Value;

use super::harmony::{self, Part, Reading};
use super::{Family, Mended, Misstep, Repair, mend};
use crate::message::ToolSpec;
use crate::model::Prompt;
use crate::model::assemble::{Assembler, Call};
use crate::model::fault::Fault;

/// Makes a reply of a refusal that holds what the model wrote, or asks again where that is no call.
/// Every other fault stays one.
pub(in crate::model) fn rescue(
    fault: Fault,
    assembler: Assembler,
    prompt: Prompt<'_>,
    family: Family,
) -> Result<(Mended, Vec<Repair>), Fault> {
    let Some(error) = fault.provider_error().filter(|error| error.code == "tool_use_failed") else {
        return Err(fault);
    };
    let written = error.failed_generation.unwrap_or_default();
    // In a stream it is empty where the model only talked: that has been streamed already.
    if written.trim().is_empty() && assembler.content().trim().is_empty() {
        return Err(fault);
    }
    if let Some(call) = as_call(&written, prompt.tools) {
        let (mended, mut repairs) = mend(assembler.finish_with(Some(call)), prompt, family);
        repairs.insert(0, Repair::new("tool_use_failed", error.message));
        return Ok((mended, repairs));
    }
    let mut draft = assembler.finish_with(None);
    draft.content.push_str(&written);
    if let Some(text) = harmony::without_tokens(&draft.content) {
        draft.content = text;
    }
    let ask = format!(
        "That tool call could not be read: {}. Call the tool again with one JSON object as its \
         arguments, or give the final answer.",
        error.message.trim_end_matches('.')
    );
    Ok((Mended::Nudge(draft.into_nudge(Misstep::ToolUseFailed, &error.message, &ask)), Vec::new()))
}

fn as_call(written: &str, tools: &[ToolSpec]) -> Option<Call> {
    match harmony::read(written, Part::Content, tools) {
        Reading::Call { call, .. } => Some(call),
        Reading::Plain | Reading::Text(_) | Reading::CallWithoutTool { .. } => {
            repeated_call(written)
        }
    }
}

/// `{"name": …, "arguments": {…}}`, the form in which Groq repeats a call.
fn repeated_call(written: &str) -> Option<Call> {
    let value: Value = serde_json::from_str(written).ok()?;
    let name = value.get("name")?.as_str()?.to_owned();
    let arguments = value.get("arguments").or_else(|| value.get("parameters"))?;
    let arguments = match arguments {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Some(Call::in_text(name, arguments))
}
