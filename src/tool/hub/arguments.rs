//! The arguments of a call, read leniently: a model's small slips in spelling are no reason to
//! lose a turn, and what cannot be meant is refused with the way to write it.

use serde_json::{Map, Value};

use crate::hub::Query;
use crate::tool::ToolError;

/// The arguments, by type.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Arguments {
    pub(super) endpoint: String,
    /// Empty where none was given.
    pub(super) method: String,
    pub(super) params: Map<String, Value>,
    pub(super) body: Option<Map<String, Value>>,
    pub(super) max_results: Option<u64>,
    pub(super) offset: Option<u64>,
    /// What to make of a list.
    pub(super) query: Query,
    /// What was read differently than it was written.
    pub(super) repaired: Vec<String>,
}

impl Arguments {
    /// Reads the arguments of a call.
    pub(super) fn parse(given: Map<String, Value>) -> Result<Self, ToolError> {
        let mut arguments = Self::default();
        for (name, value) in given {
            match name.as_str() {
                "endpoint" => arguments.endpoint = text(&name, value)?,
                "method" => arguments.method = text(&name, value)?,
                "params" => {
                    arguments.params =
                        object(&name, value, &mut arguments.repaired)?.unwrap_or_default();
                }
                "json_body" => arguments.body = object(&name, value, &mut arguments.repaired)?,
                "max_results" => arguments.max_results = number(&name, &value)?,
                "offset" => arguments.offset = number(&name, &value)?,
                "fields" => arguments.query.fields = names(&name, value)?,
                "count_by" => {
                    arguments.query.count_by =
                        Some(text(&name, value)?).filter(|by| !by.is_empty());
                }
                "where" => {
                    let conditions = object(&name, value, &mut arguments.repaired)?;
                    arguments.query.conditions = Query::conditions(conditions.unwrap_or_default())
                        .map_err(|refusal| ToolError::new(refusal.to_string()))?;
                }
                _ => {
                    return Err(ToolError::new(format!(
                        "There is no argument `{name}`. The arguments are: endpoint, method, \
                         params, json_body, max_results, offset, fields, count_by, where."
                    )));
                }
            }
        }
        if arguments.endpoint.is_empty() {
            return Err(ToolError::new("`endpoint` is missing; write a path such as /whoami-v2."));
        }
        Ok(arguments)
    }

    /// A read has no body. An empty one says nothing; a full one was meant for a write.
    pub(super) fn refuse_body(&self) -> Result<(), ToolError> {
        match &self.body {
            Some(body) if !body.is_empty() => Err(ToolError::new(
                "`json_body` goes with method=\"POST\" only, and no method was given or it is \
                 GET. To read, leave json_body out (filters go into params); to write, add \
                 method=\"POST\".",
            )),
            _ => Ok(()),
        }
    }
}

fn text(name: &str, value: Value) -> Result<String, ToolError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Null => Ok(String::new()),
        _ => Err(ToolError::new(format!("`{name}` takes text."))),
    }
}

/// An object, which some models write as a text that holds one.
fn object(
    name: &str,
    value: Value,
    repaired: &mut Vec<String>,
) -> Result<Option<Map<String, Value>>, ToolError> {
    match value {
        Value::Null => Ok(None),
        Value::Object(object) => Ok(Some(object)),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => {
                repaired.push(format!("{name} was text and is read as the object in it"));
                Ok(Some(object))
            }
            _ => Err(ToolError::new(format!("`{name}` takes an object, not text."))),
        },
        _ => Err(ToolError::new(format!("`{name}` takes an object."))),
    }
}

/// Names in a list, or in a text with commas between them.
fn names(name: &str, value: Value) -> Result<Vec<String>, ToolError> {
    let wrong = || ToolError::new(format!("`{name}` takes a list of field names."));
    let written = match value {
        Value::Null => Vec::new(),
        Value::String(text) => text.split(',').map(str::to_owned).collect(),
        Value::Array(values) => values
            .into_iter()
            .map(|value| value.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong()),
    };
    let names = written.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
    Ok(names.map(str::to_owned).collect())
}

fn number(name: &str, value: &Value) -> Result<Option<u64>, ToolError> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match number {
        Some(number) => Ok(Some(number)),
        None => Err(ToolError::new(format!("`{name}` takes a whole number, 0 or more."))),
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use serde_json::{Value, json};

    fn parsed(arguments: Value) -> Result<Arguments, String> {
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        Arguments::parse(arguments).map_err(|error| error.message)
    }

    #[test]
    fn small_slips_cost_no_turn() {
        let arguments = parsed(json!({
            "endpoint": "/collections", "method": null, "params": "{\"owner\": \"ada\"}",
            "json_body": "", "max_results": "5", "offset": null, "fields": "slug, title",
            "count_by": "", "where": null,
        }))
        .unwrap();
        assert_eq!(Value::from(arguments.params.clone()), json!({"owner": "ada"}));
        assert_eq!((arguments.max_results, arguments.offset), (Some(5), None));
        assert_eq!(arguments.query.fields, ["slug", "title"]);
        assert!(!arguments.query.scans() && arguments.refuse_body().is_ok());
        assert_eq!(arguments.repaired, ["params was text and is read as the object in it"]);
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        let refused: Vec<String> = [
            json!({}),
            json!({"endpoint": 7}),
            json!({"endpoint": "/whoami-v2", "body": {}}),
            json!({"endpoint": "/whoami-v2", "offset": -1}),
            json!({"endpoint": "/whoami-v2", "max_results": 2.5}),
            json!({"endpoint": "/whoami-v2", "params": ["a"]}),
            json!({"endpoint": "/whoami-v2", "fields": [1]}),
        ]
        .into_iter()
        .map(|arguments| parsed(arguments).unwrap_err())
        .collect();
        insta::assert_snapshot!(refused.join("\n"), @r"
        `endpoint` is missing; write a path such as /whoami-v2.
        `endpoint` takes text.
        There is no argument `body`. The arguments are: endpoint, method, params, json_body, max_results, offset, fields, count_by, where.
        `offset` takes a whole number, 0 or more.
        `max_results` takes a whole number, 0 or more.
        `params` takes an object.
        `fields` takes a list of field names.
        ");
        let body = parsed(json!({"endpoint": "/collections", "json_body": {"title": "x"}}));
        insta::assert_snapshot!(body.unwrap().refuse_body().unwrap_err(), @r#"`json_body` goes with method="POST" only, and no method was given or it is GET. To read, leave json_body out (filters go into params); to write, add method="POST"."#);
    }
}
