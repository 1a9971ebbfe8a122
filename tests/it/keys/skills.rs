//! `skills`: which are found, how the prompt lists them, and what may be read.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use super::{ask, bodies, errors_in};
use crate::support::model_server::{ModelServer, Response};
use crate::support::program::Program;

fn home(front: &str, prompt: &str) -> Program {
    let program = Program::new();
    let card = format!("---\nmodel: openai.gpt-4.1\n{front}---\n{prompt}\n");
    fs::write(program.home().join("a.md"), card).unwrap();
    program
}

fn write(program: &Program, path: &str, text: &str) {
    let path = program.home().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn skill(name: &str, description: &str) -> String {
    format!("---\nname: {name}\ndescription: {description}\nlicense: MIT\n---\nHow: {{{{env}}}}\n")
}

fn shown(program: &Program) -> Value {
    let ran = program.run(&["cards", "show", "--json", "--card", "a.md"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn the_skills_of_the_usual_places_are_listed_where_the_prompt_wants_them() {
    let program = home("", "Hello.\n\n{{agentSkills}}");
    write(&program, ".fast-agent/skills/pdf/SKILL.md", &skill("pdf", "Reads <PDF> & more"));
    write(&program, ".fast-agent/skills/pdf/scripts/run.py", "exit()");
    write(&program, ".agents/skills/one/SKILL.md", &skill("one", "first"));
    write(&program, ".claude/skills/uno/SKILL.md", &skill("one", "the later one is used"));
    write(&program, ".claude/skills/notes.md", "no skill");
    let document = shown(&program);
    let root = program.home().canonicalize().unwrap();
    let prompt = document["prompt"].as_str().unwrap().replace(root.to_str().unwrap(), "HOME");
    insta::assert_snapshot!(prompt, @r"
    Hello.

    Skills provide specialized capabilities and domain knowledge. Use a Skill if its description fits what you are asked: read its location with `read_skill` first, and then what it refers to in its directory.

    <available_skills>
    <skill>
      <name>pdf</name>
      <description>Reads &lt;PDF> &amp; more</description>
      <location>HOME/.fast-agent/skills/pdf/SKILL.md</location>
      <directory>HOME/.fast-agent/skills/pdf</directory>
      <scripts>HOME/.fast-agent/skills/pdf/scripts</scripts>
    </skill>
    <skill>
      <name>one</name>
      <description>the later one is used</description>
      <location>HOME/.claude/skills/uno/SKILL.md</location>
      <directory>HOME/.claude/skills/uno</directory>
    </skill>
    </available_skills>
    ");
    let tools = document["tools"].as_array().unwrap();
    let tools: Vec<&Value> = tools.iter().map(|tool| &tool["name"]).collect();
    assert_eq!(tools, ["read_skill"], "skills alone bring no shell");

    let without = home("skills: []\n", "Hello.\n\n{{agentSkills}}");
    write(&without, ".claude/skills/uno/SKILL.md", &skill("one", "x"));
    let document = shown(&without);
    assert_eq!((&document["prompt"], &document["tools"]), (&json!("Hello.\n\n"), &json!([])));

    let unasked = home("", "Hello.");
    write(&unasked, ".claude/skills/uno/SKILL.md", "broken");
    assert_eq!(shown(&unasked)["tools"], json!([]));
}

#[test]
fn a_skill_is_read_and_nothing_beside_it() {
    let program = home("skills: own\n", "Hello.");
    write(&program, "own/pdf/SKILL.md", &skill("pdf", "Reads PDF"));
    write(&program, "own/pdf/long.txt", &"word\n".repeat(8000));
    write(&program, "secret", "S");
    symlink(program.home().join("secret"), program.home().join("own/pdf/link")).unwrap();
    let location = program.home().canonicalize().unwrap().join("own/pdf/SKILL.md");
    let read = |path: &str| Response::groq_call("read_skill", &json!({"path": path}));
    let model = ModelServer::start([
        read(location.to_str().unwrap()),
        read("pdf/long.txt"),
        read("pdf/link"),
        read("pdf/../../secret"),
        Response::text("Done."),
    ]);
    assert_eq!(ask(&program, &model, &["Read."]).stdout, "Done.\n");
    let bodies = bodies(&model);
    let prompt = bodies[0]["messages"][0]["content"].as_str().unwrap();
    assert!(prompt.starts_with("Hello.\n\nSkills provide"), "{prompt}");
    let results: Vec<&str> = bodies[4]["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["role"] == "tool")
        .map(|message| message["content"].as_str().unwrap())
        .collect();
    assert!(results[0].ends_with("\nHow: {{env}}\n"), "{}", results[0]);
    assert!(
        results[1].ends_with("of 40000 bytes; read on with offset 16000]"),
        "{:.200}",
        results[1]
    );
    for result in &results[2..] {
        assert!(result.contains("is no file of a skill"), "{result}");
    }
}

#[test]
fn skills_that_are_not_there_or_say_nothing_are_named() {
    let program = home("skills: [gone, own, ../..]\n", "Hello.");
    write(&program, "own/a/SKILL.md", "no front matter");
    write(&program, "own/b/SKILL.md", "---\nname: b\n---\n");
    write(&program, "own/c/SKILL.md", &skill("d", "Does it."));
    fs::create_dir_all(program.home().join("own/e")).unwrap();
    fs::write(program.home().join("own/e/SKILL.md"), b"\xff").unwrap();
    insta::assert_snapshot!(errors_in(&program), @r"
    error[bad-skill]: a skill begins with front matter, and this does not
      --> own/a/SKILL.md:1:1
      |
      | ^^
      = help: begin the file with `---`, `name: …`, `description: …` and a closing `---`
    error[bad-skill]: a skill has a `description`, which is text
      --> own/b/SKILL.md:1:1
      |
      | ^^^
      = help: write `description: …`: what the skill is for, and when it is to be read
    error[bad-skill]: the skill is not UTF-8 text
      --> own/e/SKILL.md:1:1
    warning[bad-skill]: the skill `d` lies in a directory called `c`
      --> own/c/SKILL.md:2:7
      |
      |       ^
      = help: give both one name, so that nobody looks for the other
    error[dead-skills]: `skills[0]`: `gone` names nothing that is there: no `gone` in HOME
      --> a.md:3:10
      |
      |          ^^^^
    error[dead-skills]: `skills[2]`: `../..` is outside the card's directory and the working directory
      --> a.md:3:21
      |
      |                     ^^^^^
    ");
    // Who asks reads the same.
    let asked = program.run(&["ask", "--card", "a.md", "Hi."]);
    assert_eq!(asked.code, 52);
    let said = "own/b/SKILL.md:1:1: a skill has a `description`, which is text\n  hint: write ";
    assert!(asked.stderr.contains(said), "{}", asked.stderr);
}

#[test]
fn a_skill_named_in_the_place_of_its_directory_is_told() {
    let program = home("skills: own/pdf\n", "Hello.");
    write(&program, "own/pdf/SKILL.md", &skill("pdf", "Reads PDF"));
    let ran = program.run(&["cards", "check", "a.md"]);
    assert_eq!(ran.code, 0);
    insta::assert_snapshot!(ran.stdout, @r"
    warning[dead-skills]: `skills[0]`: `own/pdf` holds no skill: no directory with a SKILL.md
      --> a.md:3:9
      |
    3 | skills: own/pdf
      |         ^^^^^^^
      = help: name the directory that it lies in

    1 checked, nothing is wrong, 1 warning
    ");
}
