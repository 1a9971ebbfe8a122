//! Text files a person named on the command line.
//!
//! It does not know what they are for.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::failure::{Exit, Failure};

/// The most that is read of one, in bytes: more than any model reads at once.
const LIMIT: u64 = 1024 * 1024;

/// The text of a file.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    let named = path.display();
    let unreadable =
        |error: io::Error| Failure::new(Exit::Usage, format!("{named} cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::new(Exit::Usage, format!("{named} is longer than 1 MiB"))
            .hint("name a file with the part that matters"));
    }
    if bytes.contains(&0) {
        return Err(Failure::new(Exit::Usage, format!("{named} is not a text file"))
            .hint("turn it into text first, for instance with `pdftotext`"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Failure::new(Exit::Usage, format!("{named} is not UTF-8 at byte {place}"))
            .hint("convert it first, for instance with `iconv -f latin1 -t utf8`")
    })
}
