//! The command line: what it prints, and the exit codes it promises.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

#[cfg(test)]
mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

fn hub(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hub")).args(arguments).output().unwrap()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

#[test]
fn a_wrong_command_line_exits_with_2() {
    for arguments in [&[][..], &["serve"], &["check"], &["keys"], &["keys", "generate"], &["nonsense"]] {
        assert_eq!(hub(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_version_says_which_build_it_is() {
    let output = hub(&["--version"]);
    assert_eq!(output.status.code(), Some(0));
    let expected = if cfg!(feature = "test-profile") { "test-profile build" } else { "production build" };
    assert!(printed(&output).contains(expected), "{}", printed(&output));
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = printed(&hub(&["--help"]));
    for word in ["serve", "check", "keys", "Exit codes: 0", "1 the configuration", "2 the command line", "3 the hub"] {
        assert!(help.contains(word), "{word} is not in\n{help}");
    }
}

#[test]
fn check_exits_with_0_when_all_is_well_and_with_1_when_not() {
    let folder = support::folder();
    let config = folder.path().join("hub.toml");
    let config = config.to_str().unwrap();
    let well = hub(&["check", "--with-store", "--config", config]);
    assert_eq!(well.status.code(), Some(0), "{}", printed(&well));

    std::fs::remove_file(folder.path().join("key.pem")).unwrap();
    let wrong = hub(&["check", "--config", config]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(printed(&wrong).contains("listen.key_file") && printed(&wrong).contains("what to do"));
    assert_eq!(hub(&["serve", "--config", config]).status.code(), Some(1));
    assert_eq!(hub(&["check", "--config", "/nowhere/hub.toml"]).status.code(), Some(1));
}

#[test]
fn keys_are_generated_once() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let keys = keys.to_str().unwrap();
    assert_eq!(hub(&["keys", "generate", "--dir", keys]).status.code(), Some(0));
    let again = hub(&["keys", "generate", "--dir", keys]);
    assert_eq!(again.status.code(), Some(1));
    assert!(printed(&again).contains("is there already"));
}

#[test]
fn f14_sigterm_ends_a_hub_with_exit_code_0_and_its_log_is_json_line_by_line() {
    let folder = support::folder();
    let config = folder.path().join("hub.toml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_hub"))
        .args(["serve", "--config", config.to_str().unwrap()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut seen = Vec::new();
    for line in lines.by_ref().map(Result::unwrap) {
        let event: serde_json::Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        let started = event["message"] == "started";
        seen.push(line);
        if started {
            break;
        }
    }
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{seen:?} {rest:?}");
    assert!(rest.iter().all(|line| line.starts_with('{') && line.ends_with('}')), "{rest:?}");
    assert!(rest.iter().any(|line| line.contains("\"message\":\"stopped\"")), "{rest:?}");
}
