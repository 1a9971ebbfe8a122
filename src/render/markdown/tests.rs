//! Markdown on a screen: what it looks like, and that cutting it anywhere changes nothing.

use proptest::prelude::*;

use super::wrap::visible;
use super::*;

/// A text that comes in one go.
fn shown(text: &str, width: usize, coloring: Coloring) -> String {
    let (mut markdown, mut out) = (Markdown::new(width, coloring), String::new());
    markdown.push(text, &mut out);
    markdown.finish(&mut out);
    out
}

fn plain(text: &str, width: usize) -> String {
    shown(text, width, Coloring::Off)
}

const SAMPLE: &str = "\
# The *first* heading
Some **bold** words, `code with spaces`, a [link](https://a.example/b), and
a line that goes on.

- one
- two, which is longer than the window is wide
  1. nested
  10. and ten

     with a paragraph
- > a quotation in an item

> A quotation that is longer than the window
> goes on.

---

```rust
fn main() { /* wide */ let x = \"a string\"; }

\tlet tab = 1;
```

| Name | Count |
|------|------:|
| ada-moreau | 3 |
| 表 | 12 |

The end.  
Really.
";

#[test]
fn every_block_has_its_look() {
    insta::assert_snapshot!(plain(SAMPLE, 40), @r##"
    # The *first* heading
    Some **bold** words, `code with spaces`,
    a link (https://a.example/b), and a line
    that goes on.

    • one
    • two, which is longer than the window
      is wide
      1. nested
      10. and ten

          with a paragraph
    • │ a quotation in an item

    │ A quotation that is longer than the
    │ window goes on.

    ────────────────────────────────────────

        fn main() { /* wide */ let x = "a st
        ring"; }
        
            let tab = 1;

    Name        Count
    ──────────  ─────
    ada-moreau      3
    表             12

    The end.
    Really.
    "##);
}

#[test]
fn colors_take_the_place_of_marks() {
    let text = "# A\n**b** *c* `d` ~~e~~ [f](g)\n\n> h\n\n```rust\nlet x = \"y\"; // z\n```\n";
    let escaped = shown(text, 40, Coloring::On).replace('\x1b', "^");
    insta::assert_snapshot!(escaped, @r#"
    ^[1m^[4mA^[0m
    ^[1mb^[0m ^[3mc^[0m ^[36md^[0m ^[9me^[0m f ^[2m(g)^[0m

    ^[2m│^[0m h

        ^[35mlet^[0m x ^[35m=^[0m ^[32m"^[0m^[32my^[0m^[32m"^[0m; ^[90m//^[0m^[90m z^[0m
    "#);
}

#[test]
fn a_table_that_does_not_fit_gets_cells_of_lines_or_becomes_a_list() {
    let table = "| User | What they said |\n|--|--|\n| ada | one two three four five six |\n\
                 | bo | **short** |\n";
    insta::assert_snapshot!(plain(table, 24), @"
    User  What they said
    ────  ──────────────────
    ada   one two three four
          five six
    bo    **short**
    ");
    insta::assert_snapshot!(plain(table, 12), @"
    User: ada
    What they
    said: one
    two three
    four five
    six

    User: bo
    What they
    said:
    **short**
    ");
}

#[test]
fn rows_that_are_no_table_stay_lines() {
    assert_eq!(plain("| a | b\nand more\n", 40), "| a | b\nand more\n");
}

#[test]
fn words_of_scripts_without_spaces_and_long_words_are_broken() {
    assert_eq!(plain("名前は何ですか。もう一度", 10), "名前は何で\nすか。もう\n一度\n");
    assert_eq!(plain("see abcdefghijklmnop", 10), "see\nabcdefghij\nklmnop\n");
    assert_eq!(plain("🙂🙂🙂🙂🙂🙂", 10), "🙂🙂🙂🙂🙂\n🙂\n");
}

#[test]
fn a_definition_a_tag_and_a_lone_mark_are_shown_as_they_are() {
    assert_eq!(plain("[1]: http://a.example\n", 40), "[1]: http://a.example\n");
    assert_eq!(plain("<div>\n2 * 3 **x\n", 40), "<div> 2 * 3 **x\n");
    assert_eq!(plain("    indented\n===\n", 40), "indented ===\n");
}

#[test]
fn plain_words_are_not_held_back() {
    let mut markdown = Markdown::new(40, Coloring::On);
    let mut steps = Vec::new();
    for delta in ["Hel", "lo", " wor", "ld", " **and", " more", "** ", "x"] {
        let mut out = String::new();
        markdown.push(delta, &mut out);
        steps.push(out);
    }
    let bold = "\u{1b}[1mand\u{1b}[0m \u{1b}[1mmore\u{1b}[0m";
    assert_eq!(steps, ["Hel", "lo", "", "", " world", "", &format!(" {bold}"), ""]);
}

/// Text that is likely to mean something.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,12}",
        3 => Just(" ".to_owned()),
        3 => Just("\n".to_owned()),
        1 => Just("\n\n".to_owned()),
        1 => Just("\n- ".to_owned()),
        1 => Just("\n   2. ".to_owned()),
        1 => Just("\n> ".to_owned()),
        1 => Just("\n## ".to_owned()),
        1 => Just("\n```rust\n".to_owned()),
        1 => Just("\n| a | b |\n|--|--|\n| c".to_owned()),
        1 => Just("[x](http://y/z)".to_owned()),
        2 => "[*_~`|<>&#!\\\\\\[\\]()]{1,3}",
        1 => "[表名。🙂é\u{1b}\u{7}\u{202e}\u{200d}\u{301}\t]{1,4}",
        1 => Just("&#27;]52;c;eA==&#7;".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn where_a_text_is_cut_does_not_matter(
        text in markdown(),
        cuts in prop::collection::vec(1_usize..9, 1..20),
        width in 10_usize..60,
    ) {
        let whole = shown(&text, width, Coloring::On);
        let (mut markdown, mut out) = (Markdown::new(width, Coloring::On), String::new());
        let chars: Vec<char> = text.chars().collect();
        let mut rest = chars.as_slice();
        for length in cuts.iter().cycle() {
            let (part, after) = rest.split_at((*length).min(rest.len()));
            markdown.push(&part.iter().collect::<String>(), &mut out);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        markdown.finish(&mut out);
        prop_assert_eq!(out, whole);
    }

    #[test]
    fn lines_fit_and_nothing_is_obeyed_but_colors(text in markdown(), width in 10_usize..60) {
        let out = shown(&text, width, Coloring::On);
        let sgr = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        for line in out.lines() {
            prop_assert!(visible(line) <= width, "{:?}", line);
            let plain = sgr.replace_all(line, "");
            prop_assert!(!plain.chars().any(char::is_control), "{:?}", line);
            prop_assert!(!plain.contains(['\u{202e}', '▌']), "{:?}", line);
        }
    }

    #[test]
    fn no_word_is_lost(words in prop::collection::vec("[a-z]{1,14}", 1..30), width in 20_usize..60) {
        let out = plain(&words.join(" "), width);
        prop_assert_eq!(out.split_whitespace().collect::<Vec<_>>(), words);
    }
}
