//! The part of a list that is shown, collected while the list goes by.
//!
//! It keeps what is shown and nothing else.

use serde_json::Value;

use super::scan::{Malformed, Visitor, Wish};

/// How much text one result may hold, as the Hub sent it; a single element may be longer. What a
/// model's context can take is less than what lists of long comments add up to.
pub(super) const MOST_BYTES: usize = 128 << 10;

/// Collects elements from an offset on.
#[derive(Debug)]
pub(super) struct Slice {
    offset: u64,
    limit: u64,
    seen: u64,
    bytes: usize,
    items: Vec<Value>,
}

impl Slice {
    /// Will show `limit` elements from `offset` on, of a list that is shown to it from `start` on.
    pub(super) fn new(start: u64, offset: u64, limit: u64) -> Self {
        Self { offset, limit, seen: start, bytes: 0, items: Vec::new() }
    }

    /// The elements and how many of the list have gone by, those before its start included.
    pub(super) fn finish(self) -> (Vec<Value>, u64) {
        (self.items, self.seen)
    }

    fn shown(&self) -> u64 {
        self.items.len() as u64
    }
}

impl Visitor for Slice {
    fn begin(&mut self) -> Wish {
        if self.full() {
            return Wish::Stop;
        }
        self.seen += 1;
        if self.seen > self.offset { Wish::Keep } else { Wish::Skip }
    }

    fn element(&mut self, text: &[u8]) -> Result<(), Malformed> {
        let value =
            serde_json::from_slice(text).map_err(|error| Malformed::Syntax(error.to_string()))?;
        self.bytes += text.len();
        self.items.push(value);
        Ok(())
    }

    fn full(&self) -> bool {
        self.shown() >= self.limit || self.bytes > MOST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::Slice;
    use crate::hub::catalog::Place;
    use crate::hub::scan::{Malformed, Progress, Scanner};
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    const LIST: Place = Place::Under("list");

    /// What a slice of a text is when the text comes in pieces of this size.
    fn slice(
        (place, text): (Place, &str),
        (offset, limit): (u64, u64),
        piece: usize,
    ) -> Result<(Vec<Value>, Progress, Vec<u8>), Malformed> {
        let (mut scanner, mut slice) = (Scanner::new(place), Slice::new(0, offset, limit));
        for piece in text.as_bytes().chunks(piece) {
            let progress = scanner.feed(piece, &mut slice)?;
            if progress != Progress::More {
                let rest =
                    if progress == Progress::Done { scanner.finish()?.0 } else { Vec::new() };
                return Ok((slice.finish().0, progress, rest));
            }
        }
        scanner.finish().map(|_| unreachable!("an unfinished text has no rest"))
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            // Quotes, backslashes and brackets above all.
            "([\"\\\\\\[\\]{},: ]|\\PC){0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("(list|[a-z\"]{0,3})", inner), 0..4)
                    .prop_map(|pairs| Value::Object(Map::from_iter(pairs))),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_slice_is_what_a_whole_parse_would_give_however_the_text_is_cut(
            list in prop::collection::vec(json_value(), 0..6),
            before in json_value(),
            after in json_value(),
            (offset, limit, piece) in (0..7_usize, 0..7_usize, 1..9_usize),
        ) {
            let expected: Vec<Value> =
                list.iter().skip(offset).take(limit).cloned().collect();
            let window = (offset as u64, limit as u64);
            let bare = serde_json::to_string_pretty(&list).unwrap();
            let (items, _, _) = slice((Place::Bare, &bare), window, piece).unwrap();
            prop_assert_eq!(&items, &expected);

            let around = json!({"before": before, "list": list, "after": after});
            let text = around.to_string();
            let (items, progress, rest) = slice((LIST, &text), window, piece).unwrap();
            prop_assert_eq!(items, expected);
            prop_assert_eq!(progress, Progress::Done);
            let rest: Value = serde_json::from_slice(&rest).unwrap();
            prop_assert_eq!(rest, json!({"before": before, "list": [], "after": after}));
        }

        #[test]
        fn a_text_that_ends_early_is_never_taken_for_a_whole_one(
            list in prop::collection::vec(json_value(), 1..4),
            cut in 0..64_usize,
        ) {
            let text = json!({ "list": list }).to_string();
            let end = (0..text.len().min(cut + 1)).rev().find(|at| text.is_char_boundary(*at));
            let cut = slice((LIST, &text[..end.unwrap()]), (0, 9), 5);
            prop_assert!(matches!(cut, Err(Malformed::BrokeOff)), "{cut:?}");
        }
    }

    #[test]
    fn a_full_slice_stops_the_transfer_at_the_next_element() {
        let text = format!("[1,2,3,{}", "4,".repeat(1000));
        let (items, progress, _) = slice((Place::Bare, &text), (1, 2), 4).unwrap();
        assert_eq!((items, progress), (vec![json!(2), json!(3)], Progress::Stopped));
    }

    #[test]
    fn a_long_text_beside_the_list_is_shortened_between_words() {
        let diff = "+ one \\\" line\n".repeat(5000);
        let text = json!({"diff": diff, "list": [1], "num": 7}).to_string();
        let (mut scanner, mut slice) = (Scanner::new(LIST), Slice::new(0, 0, 9));
        scanner.feed(text.as_bytes(), &mut slice).unwrap();
        let (rest, shortened) = scanner.finish().unwrap();
        let rest: Value = serde_json::from_slice(&rest).unwrap();
        let kept = rest["diff"].as_str().unwrap();
        assert!(diff.starts_with(kept) && kept.len() < 17_000, "{} bytes kept", kept.len());
        assert_eq!((&rest["num"], shortened), (&json!(7), vec!["diff".to_owned()]));
    }

    #[test]
    fn other_shapes_are_handed_back() {
        for (place, text) in [(Place::Bare, "{\"error\":1}"), (LIST, "[1]"), (LIST, "<html>")] {
            let shape = slice((place, text), (0, 1), 3).unwrap_err();
            assert_eq!(shape, Malformed::Shape(text.as_bytes().to_vec()));
        }
    }
}
