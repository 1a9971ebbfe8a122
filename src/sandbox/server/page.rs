//! Pages of a list: which part of it is asked for, and the address of the next part.
//!
//! A cursor is opaque to clients. Here it is an offset, `o:500`, in base 64.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::ask::Ask;
use super::form::Form;

/// The part of a list that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// The index of its first element.
    pub(super) start: usize,
    /// How many elements it may have.
    pub(super) len: usize,
}

impl Page {
    /// Reads the cursor. A cursor we did not make means the start.
    pub(super) fn read(query: &Form, len: usize) -> Self {
        let start = query.get("cursor").and_then(|cursor| {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
            text.strip_prefix("o:")?.parse().ok()
        });
        Self { start: start.unwrap_or(0), len }
    }

    /// This part of a list.
    pub(super) fn of<T>(self, list: &[T]) -> &[T] {
        let start = self.start.min(list.len());
        &list[start..start.saturating_add(self.len).min(list.len())]
    }

    /// The absolute address of the next page, while there is one.
    pub(super) fn next(self, ask: &Ask<'_>, total: usize) -> Option<String> {
        let next = self.start.saturating_add(self.len);
        if next >= total {
            return None;
        }
        let cursor = URL_SAFE_NO_PAD.encode(format!("o:{next}"));
        let kept =
            ask.query.split('&').filter(|pair| !pair.starts_with("cursor=") && !pair.is_empty());
        let cursor = format!("cursor={cursor}");
        let query = kept.chain([cursor.as_str()]).collect::<Vec<_>>().join("&");
        Some(format!("{}{}?{query}", ask.origin, ask.path))
    }
}
