//! `read_text_file`, `write_text_file` and `edit_file`.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use agentcard::tool::WorkingDirectory;
use agentcard::tool::files::FileTool;
use serde_json::{Value, json};

use super::Bench;

fn bench(directory: &Path) -> Bench {
    let directory = WorkingDirectory::open(directory).unwrap();
    let tools = [FileTool::Read, FileTool::Write, FileTool::Edit];
    Bench::new(tools.map(|tool| tool.tool(&directory)).to_vec())
}

#[tokio::test]
async fn reading_needs_no_question_and_shows_which_lines() {
    let directory = tempfile::tempdir().unwrap();
    let bench = bench(directory.path());
    std::fs::write(directory.path().join("notes"), "one\ntwo\nthree\nfour").unwrap();
    let read = |more: Value| {
        let mut arguments = json!({"path": "notes"});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bench.ok("read_text_file", arguments)
    };
    assert_eq!(read(json!({})).await, "one\ntwo\nthree\nfour");
    assert_eq!(
        read(json!({"line": 2, "limit": 2})).await,
        "two\nthree\n[lines 2 to 3 of `notes`; it goes on: line=4]"
    );
    assert_eq!(read(json!({"line": 4, "limit": 1})).await, "four");
    assert_eq!(
        bench.error("read_text_file", json!({"path": "notes", "line": 9})).await,
        "Error: `notes` has only 4 lines."
    );
    assert!(bench.asked().is_empty());
}

#[tokio::test]
async fn a_long_file_is_read_in_parts() {
    let directory = tempfile::tempdir().unwrap();
    let bench = bench(directory.path());
    let lines: Vec<String> = (1..=5000).map(|number| format!("line {number}\n")).collect();
    let lines = lines.concat();
    std::fs::write(directory.path().join("long"), &lines).unwrap();
    let (mut all, mut line) = (String::new(), 1);
    for _ in 0..10 {
        let part = bench.ok("read_text_file", json!({"path": "long", "line": line})).await;
        assert!(part.len() < 16_100);
        let Some((text, note)) = part.rsplit_once('[') else {
            all.push_str(&part);
            break;
        };
        all.push_str(text);
        line = note.trim_end_matches(']').rsplit_once("line=").unwrap().1.parse().unwrap();
    }
    assert!(all == lines);
    std::fs::write(directory.path().join("wide"), "ä".repeat(50_000)).unwrap();
    let wide = bench.ok("read_text_file", json!({"path": "wide"})).await;
    assert!(wide.ends_with("ä\n[line 1 of `wide` is longer than this; it goes on with line=2]"));
    assert_eq!(wide.matches('ä').count(), 8000);
}

#[tokio::test]
async fn what_is_no_text_file_inside_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("work");
    std::fs::create_dir_all(root.join("folder")).unwrap();
    std::fs::write(directory.path().join("secret"), "secret").unwrap();
    std::fs::write(root.join("image"), b"\x89PNG\0\0").unwrap();
    std::fs::write(root.join("latin"), b"caf\xe9").unwrap();
    symlink("../secret", root.join("link")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().unwrap();
    assert!(pipe.success());
    let bench = bench(&root);
    for (path, expected) in [
        ("folder", "Error: `folder` is not a file."),
        ("pipe", "Error: `pipe` is not a file."),
        ("image", "Error: `image` is not a text file (line 1)."),
        ("latin", "Error: `latin` is not a text file (line 1)."),
        ("gone", "Error: `gone` cannot be read: No such file or directory (os error 2)"),
    ] {
        assert_eq!(bench.error("read_text_file", json!({ "path": path })).await, expected);
    }
    for path in ["../secret", "link", "/etc/passwd"] {
        for (tool, arguments) in [
            ("read_text_file", json!({ "path": path })),
            ("write_text_file", json!({"path": path, "content": "mine"})),
            ("edit_file", json!({"path": path, "old_string": "s", "new_string": "x"})),
        ] {
            let refused = bench.error(tool, arguments).await;
            assert!(refused.contains("is outside the working directory"), "{refused}");
        }
    }
    assert!(bench.asked().is_empty());
    assert_eq!(std::fs::read_to_string(directory.path().join("secret")).unwrap(), "secret");
}

#[tokio::test]
async fn a_file_is_written_whole_after_a_question() {
    let directory = tempfile::tempdir().unwrap();
    let bench = bench(directory.path());
    let path = directory.path().join("src/new.sh");
    let write = |content: &str| {
        bench.ok("write_text_file", json!({"path": "src/./new.sh", "content": content}))
    };
    assert_eq!(write("one\n").await, "Wrote 4 bytes to `src/new.sh`.");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(write("two\n").await, "Wrote 4 bytes to `src/new.sh`.");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\n");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o755);
    let left: Vec<_> = std::fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    let request =
        |content: &str| format!("write_text_file src/new.sh {{\"content\":\"{content}\"}}");
    assert_eq!(
        bench.asked(),
        [
            ("Write the new file src/new.sh".to_owned(), request("one\\n")),
            ("Replace the file src/new.sh".to_owned(), request("two\\n")),
        ]
    );
    let plans = bench.asked.0.lock().unwrap();
    assert_eq!(plans[1].now, Some(Value::from("one\n")));
}

#[tokio::test]
async fn one_passage_of_a_file_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let bench = bench(directory.path());
    let path = directory.path().join("main.rs");
    std::fs::write(&path, "fn a() {}\nfn b() {}\nfn c() {}\n").unwrap();
    let edited = bench
        .ok(
            "edit_file",
            json!({"path": "main.rs", "old_string": "b() {}", "new_string": "b() {\n}"}),
        )
        .await;
    assert_eq!(
        edited,
        r#"{"success":true,"path":"main.rs","created":false,"line_start":2,"line_end":3,"replacements":1,"diff":"-fn b() {}\n+fn b() {\n+}\n"}"#
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "fn a() {}\nfn b() {\n}\nfn c() {}\n");
    let all =
        json!({"path": "main.rs", "old_string": "fn", "new_string": "pub fn", "replace_all": true});
    let edited: Value = serde_json::from_str(&bench.ok("edit_file", all).await).unwrap();
    assert_eq!(edited["replacements"], 3);
    let new = bench.ok("edit_file", json!({"path": "lib.rs", "new_string": "//! New.\n"})).await;
    assert!(new.contains(r#""created":true"#), "{new}");
    assert_eq!(
        bench.asked().into_iter().map(|(words, _)| words).collect::<Vec<_>>(),
        [
            "Replace a passage of the file main.rs",
            "Replace 3 passages of the file main.rs",
            "Write the new file lib.rs",
        ]
    );
}

#[tokio::test]
async fn an_edit_is_never_a_guess() {
    let directory = tempfile::tempdir().unwrap();
    let bench = bench(directory.path());
    std::fs::write(directory.path().join("list"), "one\none\n").unwrap();
    for (old, new, path, why) in [
        ("two", "three", "list", "`old_string` does not stand in it, at least not word for word."),
        (
            "one",
            "two",
            "list",
            "`old_string` stands in it 2 times: give more of what is around it, or say \
             `replace_all`.",
        ),
        ("one", "one", "list", "`old_string` and `new_string` are the same."),
        ("", "x", "list", "it has text already, so `old_string` must say what to replace."),
        ("one", "two", "gone", "there is no such file."),
    ] {
        let arguments = json!({"path": path, "old_string": old, "new_string": new});
        let expected = format!("Error: `{path}`: {why} Nothing was changed.");
        assert_eq!(bench.error("edit_file", arguments).await, expected);
    }
    assert!(bench.asked().is_empty());
}
