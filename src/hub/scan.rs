//! Takes a list out of a JSON text while the text is still arriving.
//!
//! It sees bytes: where elements begin and end, and which key of the object around them they stand
//! under. What an element says is read by whoever asked for it, so that passing over a hundred
//! thousand elements costs no memory.

use super::catalog::Place;

/// The longest element, and the most that is kept of everything around the list.
const MOST_BYTES: usize = 8 << 20;

/// How much of one long text beside the list is kept, such as a pull request's diff.
const LONG_TEXT: usize = 16 << 10;

/// What to do with the element that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Pass it on.
    Keep,
    /// Pass over it.
    Skip,
    /// Nothing more is needed.
    Stop,
}

/// Whoever takes the elements.
pub(super) trait Visitor {
    /// An element begins.
    fn begin(&mut self) -> Wish;
    /// A kept element's text.
    fn element(&mut self, text: &[u8]) -> Result<(), Malformed>;
    /// Whether it needs no more elements.
    fn full(&self) -> bool;
}

/// Why a text is not the list that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    /// No JSON.
    #[error("the answer is not valid JSON: {0}")]
    Syntax(String),
    /// JSON of another shape; this much of it.
    #[error("the answer is not the expected list")]
    Shape(Vec<u8>),
    /// It ended before the list did.
    #[error("the answer broke off")]
    BrokeOff,
    /// One element alone is too long to keep.
    #[error("the answer holds an element that is too large")]
    TooLarge,
}

/// How far a scan has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The text goes on.
    More,
    /// The visitor has what it needs and the rest holds nothing but more elements.
    Stopped,
    /// The text is complete.
    Done,
}

/// Scans one text.
#[derive(Debug)]
pub(super) struct Scanner {
    place: Place,
    mode: Mode,
    depth: usize,
    string: Option<Escape>,
    element: Vec<u8>,
    /// Everything around the list, with an empty list in its place.
    rest: Vec<u8>,
    key: Key,
    /// Where the current text of the rest begins, and the key it belongs to.
    text_start: usize,
    shortened: Vec<String>,
    elements: u64,
    stopped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Before the first character that is no space.
    Start,
    /// Around the list.
    Around,
    /// In a text around the list of which enough has been kept.
    AroundSkipping,
    /// In the list, between elements.
    Between,
    /// In an element, which is kept or not.
    Element(Wish),
    /// In something that is no such list.
    Other,
    /// After the end.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    Plain,
    Escaped,
}

/// The key of the outermost object that was read last.
#[derive(Debug, Default)]
struct Key {
    text: Vec<u8>,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// A key comes next.
    #[default]
    Expected,
    /// In a key.
    Inside,
    /// After a key or its colon.
    Read,
    /// In or after the value.
    Value,
}

impl Scanner {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            mode: Mode::Start,
            depth: 0,
            string: None,
            element: Vec::new(),
            rest: Vec::new(),
            key: Key::default(),
            text_start: 0,
            shortened: Vec::new(),
            elements: 0,
            stopped: false,
        }
    }

    /// Reads more of the text.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        visitor: &mut impl Visitor,
    ) -> Result<Progress, Malformed> {
        for byte in bytes {
            self.step(*byte, visitor)?;
            if self.stopped && self.place == Place::Bare {
                return Ok(Progress::Stopped);
            }
            if self.element.len() > MOST_BYTES || self.rest.len() > MOST_BYTES {
                return Err(Malformed::TooLarge);
            }
        }
        Ok(if self.mode == Mode::End { Progress::Done } else { Progress::More })
    }

    /// Whether the visitor was offered an element it had no more use for.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// How many elements the text held so far.
    pub(super) fn elements(&self) -> u64 {
        self.elements
    }

    /// What stands around the list, and which texts in it were shortened.
    pub(super) fn finish(self) -> Result<(Vec<u8>, Vec<String>), Malformed> {
        match self.mode {
            Mode::End => Ok((self.rest, self.shortened)),
            Mode::Other => Err(Malformed::Shape(self.rest)),
            _ => Err(Malformed::BrokeOff),
        }
    }

    fn step(&mut self, byte: u8, visitor: &mut impl Visitor) -> Result<(), Malformed> {
        match self.mode {
            Mode::Start if byte.is_ascii_whitespace() => {}
            Mode::Start => self.open(byte),
            Mode::Around => self.around(byte),
            Mode::AroundSkipping => self.skip_text(byte),
            Mode::Between => self.between(byte, visitor),
            Mode::Element(wish) => self.inside(byte, wish, visitor)?,
            Mode::Other => {
                if self.rest.len() < LONG_TEXT {
                    self.rest.push(byte);
                }
            }
            Mode::End => {}
        }
        Ok(())
    }

    fn open(&mut self, byte: u8) {
        self.mode = match (self.place, byte) {
            (Place::Bare, b'[') => Mode::Between,
            (Place::Under(_), b'{') => Mode::Around,
            _ => Mode::Other,
        };
        self.depth = 1;
        if self.mode != Mode::Between {
            self.rest.push(byte);
        }
    }

    fn between(&mut self, byte: u8, visitor: &mut impl Visitor) {
        match byte {
            b']' => self.close_list(),
            b',' => {}
            byte if byte.is_ascii_whitespace() => {}
            byte => {
                let wish = visitor.begin();
                self.elements += 1;
                self.stopped |= wish == Wish::Stop;
                self.mode = Mode::Element(wish);
                self.element.clear();
                self.structure(byte);
                if wish == Wish::Keep {
                    self.element.push(byte);
                }
            }
        }
    }

    fn inside(
        &mut self,
        byte: u8,
        wish: Wish,
        visitor: &mut impl Visitor,
    ) -> Result<(), Malformed> {
        let ends = self.string.is_none() && self.depth == self.list_depth();
        if ends && matches!(byte, b',' | b']') {
            if wish == Wish::Keep {
                visitor.element(&self.element)?;
            }
            self.mode = Mode::Between;
            if byte == b']' {
                self.close_list();
            }
            return Ok(());
        }
        self.structure(byte);
        if wish == Wish::Keep {
            self.element.push(byte);
        }
        Ok(())
    }

    /// How deep the list's elements lie.
    fn list_depth(&self) -> usize {
        match self.place {
            Place::Bare => 1,
            Place::Under(_) => 2,
        }
    }

    fn close_list(&mut self) {
        match self.place {
            Place::Bare => self.mode = Mode::End,
            Place::Under(_) => {
                self.rest.push(b']');
                self.depth = 1;
                self.mode = Mode::Around;
            }
        }
    }

    fn around(&mut self, byte: u8) {
        let outermost = self.depth == 1;
        let was_text = self.string.is_some();
        self.rest.push(byte);
        if outermost && !was_text {
            self.note_key(byte);
            if byte == b'[' && self.is_list_key() {
                self.depth = 2;
                self.mode = Mode::Between;
                return;
            }
        } else if outermost && self.key.stage == Stage::Inside {
            self.key.text.push(byte);
        }
        self.structure(byte);
        match (was_text, self.string.is_some()) {
            (false, true) => self.text_start = self.rest.len(),
            (true, false) if outermost && self.key.stage == Stage::Inside => {
                self.key.text.pop();
                self.key.stage = Stage::Read;
            }
            (true, true) => self.shorten(byte),
            _ => {}
        }
        if self.depth == 0 {
            self.mode = Mode::End;
        }
    }

    fn note_key(&mut self, byte: u8) {
        match (byte, self.key.stage) {
            (b'"', Stage::Expected) => {
                self.key = Key { text: Vec::new(), stage: Stage::Inside };
            }
            (b',', _) => self.key.stage = Stage::Expected,
            (b':', _) => {}
            (byte, _) if byte.is_ascii_whitespace() => {}
            // The list is only entered at the first character of the value.
            (b'[', Stage::Read) => {}
            (_, Stage::Read) => self.key.stage = Stage::Value,
            _ => {}
        }
    }

    fn is_list_key(&mut self) -> bool {
        let read = self.key.stage == Stage::Read;
        self.key.stage = Stage::Value;
        matches!(self.place, Place::Under(name) if read && self.key.text == name.as_bytes())
    }

    /// Stops keeping a very long text, at a place where no escape and no character is cut.
    fn shorten(&mut self, byte: u8) {
        if byte == b' '
            && self.string == Some(Escape::Plain)
            && self.rest.len() - self.text_start > LONG_TEXT
        {
            self.mode = Mode::AroundSkipping;
            self.shortened.push(String::from_utf8_lossy(&self.key.text).into_owned());
        }
    }

    fn skip_text(&mut self, byte: u8) {
        self.structure(byte);
        if self.string.is_none() {
            self.rest.push(byte);
            self.mode = Mode::Around;
        }
    }

    /// Follows strings and nesting.
    fn structure(&mut self, byte: u8) {
        self.string = match (self.string, byte) {
            (None, b'"') | (Some(Escape::Escaped), _) => Some(Escape::Plain),
            (Some(Escape::Plain), b'\\') => Some(Escape::Escaped),
            (Some(Escape::Plain), b'"') => None,
            (state, _) => {
                if state.is_none() {
                    match byte {
                        b'[' | b'{' => self.depth += 1,
                        b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                        _ => {}
                    }
                }
                state
            }
        };
    }
}
