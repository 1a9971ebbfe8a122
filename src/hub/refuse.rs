//! The words for a call that is not sent: what was meant, most likely, and how it is called.
//!
//! For the model. It decides nothing; [`super::route`] does.

use super::catalog::{
    Action, ENDPOINTS, Endpoint, Field, FieldKind, Need, Param, ParamKind, Read, Write,
};
use super::route::Refusal;

/// The path exists, with another method.
pub(super) fn wrong_method(method: &str, endpoint: &Endpoint) -> Refusal {
    let path = endpoint.path;
    Refusal::new(match &endpoint.action {
        Action::Read(_) => {
            format!("{method} {path} does not exist; {} is read with method GET.", endpoint.path)
        }
        Action::Write(write) => {
            format!("{path} is called with method POST and {}.", body_words(write))
        }
    })
}

/// No path of the catalog matches.
pub(super) fn no_such_endpoint(segments: &[&str]) -> Refusal {
    let written = segments.join("/");
    if let ["collections", ..] = segments {
        return Refusal::new(format!(
            "/{written} is no endpoint. A collection's slug has two parts, \
             `namespace/words-<24 hex digits>`: GET /collections with params {{\"owner\": \"…\"}} \
             lists slugs, GET /collections/{{slug}} shows one."
        ));
    }
    let family: Vec<&Endpoint> =
        ENDPOINTS.iter().filter(|endpoint| endpoint.path.begins_like(segments)).collect();
    let (kin, beginning) = if family.is_empty() {
        (ENDPOINTS.iter().collect(), String::new())
    } else {
        (family, format!(" under /{}", segments.first().copied().unwrap_or_default()))
    };
    match nearest(segments, &kin) {
        Some(endpoint) => {
            Refusal::new(format!("/{written} is no endpoint. Nearest: {}.", usage(endpoint)))
        }
        None => Refusal::new(format!(
            "/{written} is no endpoint. What can be read{beginning}: {}.",
            kin.iter()
                .filter(|endpoint| matches!(endpoint.action, Action::Read(_)))
                .map(|endpoint| endpoint.path.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        )),
    }
}

/// A write was given query parameters.
pub(super) fn params_on_a_write(endpoint: &Endpoint, write: &Write) -> Refusal {
    Refusal::new(format!("POST {} takes no params; it takes {}.", endpoint.path, body_words(write)))
}

/// A parameter the endpoint does not have. The Hub would ignore it and answer unfiltered.
pub(super) fn unknown_param(read: &Read, name: &str) -> Refusal {
    Refusal::new(format!(
        "This endpoint has no parameter `{name}`; it has {}.",
        params_words(read.params)
    ))
}

/// How an endpoint is called, in one line.
fn usage(endpoint: &Endpoint) -> String {
    let path = endpoint.path;
    match &endpoint.action {
        Action::Read(read) if offered(read.params).next().is_none() => format!("GET {path}"),
        Action::Read(read) => format!("GET {path} with {}", params_words(read.params)),
        Action::Write(write) => format!("POST {path} with {}", body_words(write)),
    }
}

/// The parameters of a read, described.
pub(super) fn params_words(params: &[Param]) -> String {
    let names: Vec<String> = offered(params).map(param_words).collect();
    if names.is_empty() {
        return "no params (max_results and offset choose the part of a list)".to_owned();
    }
    format!("params {}", names.join(", "))
}

/// The parameters a model is to use: cursors and page numbers are what `offset` is for.
fn offered(params: &[Param]) -> impl Iterator<Item = &Param> {
    params.iter().filter(|param| !matches!(param.kind, ParamKind::Cursor | ParamKind::PageNumber))
}

fn param_words(param: &Param) -> String {
    match param.kind {
        ParamKind::OneOf(words) => format!("{} ({})", param.name, words.join("|")),
        ParamKind::Boolean => format!("{} (true|false)", param.name),
        ParamKind::Flag => format!("{} (1)", param.name),
        ParamKind::Moment => format!("{} (2026-01-31T00:00:00Z)", param.name),
        _ => param.name.to_owned(),
    }
}

/// The body of a write, described.
pub(super) fn body_words(write: &Write) -> String {
    if write.body.is_empty() {
        return "no json_body".to_owned();
    }
    let fields: Vec<String> = write.body.iter().map(|field| field_words(write, field)).collect();
    format!("json_body {{{}}}", fields.join(", "))
}

fn field_words(write: &Write, field: &Field) -> String {
    let kind = match field.kind {
        FieldKind::Text(0 | 1, most) => format!("text of at most {most} characters"),
        FieldKind::Text(least, most) => format!("text of {least} to {most} characters"),
        FieldKind::Boolean => "true|false".to_owned(),
        FieldKind::OneOf(words) => words.join("|"),
        FieldKind::Name => "a name".to_owned(),
        FieldKind::Item(types) => format!("{{id, type: {}}}", types.join("|")),
    };
    let need = match field.need {
        Need::Required => "required",
        Need::Optional if write.one_of.contains(&field.name) => "exactly one of these",
        Need::Optional => "optional",
    };
    format!("{}: {kind} ({need})", field.name)
}

/// The endpoint most like these segments: by its last word, and among equals by its length.
fn nearest<'a>(segments: &[&str], endpoints: &[&'a Endpoint]) -> Option<&'a Endpoint> {
    let likeness = |endpoint: &Endpoint| {
        let word = endpoint.path.words().last().unwrap_or_default();
        let alike = segments
            .iter()
            .filter(|segment| segment.len() > 2)
            .map(|segment| strsim::jaro_winkler(&segment.to_ascii_lowercase(), word))
            .fold(0.0, f64::max);
        let longer = endpoint.path.longest().abs_diff(segments.len());
        (alike, longer)
    };
    endpoints
        .iter()
        .map(|endpoint| (likeness(endpoint), *endpoint))
        .filter(|((alike, _), _)| *alike > 0.85)
        .reduce(|best, next| {
            let order = next.0.0.total_cmp(&best.0.0).then(best.0.1.cmp(&next.0.1));
            if order.is_gt() { next } else { best }
        })
        .map(|(_, endpoint)| endpoint)
}
