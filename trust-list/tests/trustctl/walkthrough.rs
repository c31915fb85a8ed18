//! The documented ceremony, run as it is written: a document that nobody runs is soon wrong.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A command of the document, the exit code it says, and the lines it shows.
struct Step {
    command: String,
    code: i32,
    shown: Vec<String>,
}

const MARK: &str = "@@ended";

fn steps(document: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in document.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            let (command, code) = command.split_once("   # exit code ").unwrap_or((command, "0"));
            steps.push(Step { command: command.to_owned(), code: code.parse().unwrap(), shown: Vec::new() });
        } else if let (true, Some(step)) = (inside, steps.last_mut()) {
            if step.command.ends_with('\\') {
                step.command.extend(["\n", line]);
            } else if !line.is_empty() {
                step.shown.push(line.to_owned());
            }
        }
    }
    steps
}

/// Runs every step in one shell and answers what each printed, with its exit code.
fn run(steps: &[Step], dir: &Path) -> Vec<(String, i32)> {
    let commands: Vec<_> = steps.iter().map(|step| format!("{}\necho \"{MARK} $?\"", step.command)).collect();
    let script = commands.join("\n");
    let tools = Path::new(env!("CARGO_BIN_EXE_trustctl")).parent().unwrap();
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let ran = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .current_dir(dir)
        .env("PATH", path)
        .env_remove("TRUSTCTL_PIN")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let printed = String::from_utf8(ran.stdout).unwrap();
    let mut answers = Vec::new();
    let mut text = String::new();
    for line in printed.lines() {
        match line.strip_prefix(MARK) {
            Some(code) => answers.push((std::mem::take(&mut text), code.trim().parse().unwrap())),
            None => text.extend([line, "\n"]),
        }
    }
    answers
}

/// Whether `line` is what the document shows, where `…` stands for anything.
fn is_shown(line: &str, shown: &str) -> bool {
    let mut rest = line;
    for (at, piece) in shown.split('…').enumerate() {
        match rest.find(piece) {
            Some(found) if at > 0 || found == 0 => rest = &rest[found + piece.len()..],
            _ => return false,
        }
    }
    rest.is_empty() || shown.ends_with('…')
}

fn check(document: &str) {
    let steps = steps(document);
    let dir = TempDir::new().unwrap();
    let answers = run(&steps, dir.path());
    for (step, (printed, code)) in steps.iter().zip(&answers) {
        assert_eq!(*code, step.code, "$ {}\n{printed}", step.command);
        let mut lines = printed.lines();
        for shown in &step.shown {
            assert!(
                lines.any(|line| is_shown(line, shown)),
                "$ {}\nthe document shows: {shown}\nbut it is:\n{printed}",
                step.command
            );
        }
    }
    assert_eq!(answers.len(), steps.len(), "every command ran");
}

#[test]
fn the_root_ceremony_goes_as_it_is_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ceremony.md");
    let document = fs::read_to_string(path).unwrap();
    assert!(steps(&document).len() > 20, "the commands were not found");
    check(&document);
}

#[test]
#[should_panic(expected = "the document shows: two")]
fn a_document_that_shows_what_is_not_answered_fails() {
    check("```\n$ echo one\none\n$ echo three\ntwo\n```\n");
}

#[test]
#[should_panic(expected = "$ false")]
fn a_document_whose_command_fails_fails() {
    check("```\n$ true\n$ false\n```\n");
}
