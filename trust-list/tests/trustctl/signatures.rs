//! How signatures come together: alone, on copies, asked for at a terminal, refused; and what a changed draft is worth.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bench::{Bench, TIME};

/// A region with a proposal for its second regional list in `r2.json`.
fn with_proposal() -> Bench {
    let bench = Bench::with_region();
    bench.ok("propose regional --dir pub --out r2.json");
    bench
}

fn digest(bench: &Bench, file: &str) -> String {
    bench.ok(&format!("inspect {file} --json")).json()["digest"].as_str().unwrap().to_owned()
}

fn holders(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["holder"].as_str().unwrap()).collect()
}

#[test]
fn signatures_travel_alone_as_one_line_and_meet_at_the_proposal() {
    let bench = with_proposal();
    let before = fs::read(bench.path("r2.json")).unwrap();
    for name in ["xa", "xb"] {
        bench.ok(&format!("sign r2.json --key {name}.jwk --detached {name}.sig"));
    }
    assert_eq!(fs::read(bench.path("r2.json")).unwrap(), before, "the proposal stays as it is");
    let line = fs::read_to_string(bench.path("xa.sig")).unwrap();
    assert_eq!(line.lines().count(), 1);
    assert!(line.len() < 500, "{} characters are too many for a small QR code", line.len());
    assert!(line.contains(&digest(&bench, "r2.json")), "{line}");

    let status = bench.ok("status r2.json xa.sig xb.sig --dir pub --json").json();
    assert_eq!(status["complete"], true);
    assert_eq!(bench.run("assemble r2.json xa.sig --dir pub").code, 1);
    bench.ok("assemble r2.json xa.sig xb.sig --dir pub");
    bench.ok("publish --dir pub --key online.jwk");
}

#[test]
fn merge_puts_them_into_the_file_that_goes_on() {
    let bench = with_proposal();
    fs::copy(bench.path("r2.json"), bench.path("copy.json")).unwrap();
    bench.ok("sign copy.json --key xc.jwk");
    bench.ok("sign r2.json --key xb.jwk --detached xb.sig");
    assert_eq!(bench.ok("merge r2.json copy.json xb.sig --json").json()["signatures"], 2);
    // Once more adds nothing.
    assert_eq!(bench.ok("merge r2.json xb.sig --json").json()["signatures"], 2);
    bench.ok("assemble r2.json --dir pub");
}

#[test]
fn a_signature_that_was_damaged_or_is_a_strangers_is_named_and_not_assembled() {
    let bench = with_proposal();
    bench.ok("sign r2.json --key xa.jwk");
    bench.ok("sign r2.json --key xb.jwk --detached xb.sig");
    bench.ok("sign r2.json --key bank.jwk --detached bank.sig");
    let mut damaged: Value = serde_json::from_slice(&fs::read(bench.path("xb.sig")).unwrap()).unwrap();
    let signature = damaged["signature"].as_str().unwrap().to_owned();
    let first = if signature.starts_with('A') { "B" } else { "A" };
    damaged["signature"] = format!("{first}{}", &signature[1..]).into();
    fs::write(bench.path("damaged.sig"), damaged.to_string()).unwrap();
    for file in ["damaged.sig", "bank.sig"] {
        let status = bench.ok(&format!("status r2.json {file} --dir pub --json")).json();
        assert_eq!((&status["complete"], &status["uncounted"][0]), (&Value::Bool(false), &file.into()));
        let answer = bench.run(&format!("assemble r2.json xb.sig {file} --dir pub"));
        // Beside the good one of the same signer, a damaged one changes nothing.
        assert_eq!(answer.code, i32::from(file == "bank.sig"), "{answer:?}");
    }
}

#[test]
fn a_changed_draft_voids_the_signatures_and_refusals_of_the_earlier_one() {
    let bench = with_proposal();
    bench.ok("sign r2.json --key xa.jwk --detached xa.sig");
    bench.ok("sign r2.json --key xa.jwk");
    bench.ok("reject r2.json --key xc.jwk --reason 'Row 3 has no legal basis' --out no.json");
    bench.ok("propose regional --dir pub --next-update 2027-02-01T00:00:00Z --out changed.json");
    for line in ["merge changed.json xa.sig", "merge changed.json r2.json", "assemble changed.json xa.sig --dir pub"] {
        let answer = bench.run(line);
        assert!(answer.code == 1 && answer.err.contains("what is signed differs"), "{line}: {answer:?}");
    }
    // Cut out and pasted in, they count for nothing either.
    let [old, changed] = ["r2.json", "changed.json"]
        .map(|file| serde_json::from_slice::<Value>(&fs::read(bench.path(file)).unwrap()).unwrap());
    let pasted = serde_json::json!({ "payload": changed["payload"], "signatures": old["signatures"] });
    fs::write(bench.path("changed.json"), pasted.to_string()).unwrap();
    let status = bench.ok("status changed.json no.json --dir pub --json").json();
    assert_eq!(status["quorums"][0]["missing"], 2, "{status}");
    assert_eq!(status["quorums"][0]["refused"], serde_json::json!([]));
    bench.ok("sign changed.json --key xb.jwk");
    assert_eq!(bench.run("assemble changed.json --dir pub").code, 1);
}

#[test]
fn status_names_who_signed_who_refused_and_who_is_missing() {
    let bench = with_proposal();
    bench.ok("sign r2.json --key xa.jwk");
    bench.ok("reject r2.json --key xb.jwk --reason 'Row 3 has no legal basis' --out no.json");
    bench.ok("reject r2.json --key bank.jwk --reason 'I am nobody' --out stranger.json");
    let status = bench.ok("status r2.json no.json stranger.json --dir pub --json").json();
    let row = &status["quorums"][0];
    assert_eq!(holders(&row["signed"]), ["Regulator of XA (XA)"]);
    assert_eq!(holders(&row["refused"]), ["Regulator of XB (XB)"]);
    assert_eq!(row["refused"][0]["reason"], "Row 3 has no legal basis");
    assert_eq!(holders(&row["open"]), ["Regulator of XC (XC)"]);
    let text = bench.ok("status r2.json no.json --dir pub").out;
    assert!(text.contains("says    regional list 2: 1 members, 1 rows of recognition"), "{text}");
    // A refusal is no veto, and no signature.
    let answer = bench.run("assemble r2.json no.json --dir pub");
    assert!(answer.code == 2 && answer.err.contains("is a refusal"), "{answer:?}");
    bench.ok("sign r2.json --key xc.jwk");
    bench.ok("assemble r2.json --dir pub");
    assert_eq!(bench.run("reject r2.json --key xb.jwk --reason ' ' --out no.json").code, 1);
}

#[test]
fn a_script_signs_the_digest_it_names_and_no_other() {
    let bench = with_proposal();
    let digest = digest(&bench, "r2.json");
    let other = bench.run(&format!("sign r2.json --key xa.jwk --digest {}", &digest[..42]));
    assert!(other.code == 1 && other.err.contains("it is another proposal"), "{other:?}");
    assert_eq!(bench.ok("inspect r2.json --json").json()["signatures"], serde_json::json!([]));
    bench.ok(&format!("sign r2.json --key xa.jwk --digest {digest}"));
    assert_eq!(bench.ok("inspect r2.json --json").json()["signatures"].as_array().unwrap().len(), 1);
}

/// Signs at a terminal, where `typed` is typed.
fn sign_at_terminal(bench: &Bench, typed: &str) -> (bool, String) {
    let command = format!("{} sign r2.json --key xa.jwk --time {TIME}", env!("CARGO_BIN_EXE_trustctl"));
    let mut terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(bench.dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script (bsdutils) runs a command at a terminal");
    terminal.stdin.take().unwrap().write_all(format!("{typed}\n").as_bytes()).unwrap();
    let ended = terminal.wait_with_output().unwrap();
    (ended.status.success(), String::from_utf8(ended.stdout).unwrap())
}

#[test]
fn at_a_terminal_nothing_is_signed_before_the_digest_is_typed() {
    let bench = with_proposal();
    let digest = digest(&bench, "r2.json");
    for typed in ["", "y", "yes", &digest[..7], "AAAAAAAA"] {
        let (done, shown) = sign_at_terminal(&bench, typed);
        assert!(!done && shown.contains("nothing was signed"), "{typed:?}: {shown}");
        assert!(shown.contains(&digest) && shown.contains("says     regional list 2"), "{shown}");
    }
    assert_eq!(bench.ok("inspect r2.json --json").json()["signatures"], serde_json::json!([]));
    let (done, shown) = sign_at_terminal(&bench, &digest[..8]);
    assert!(done, "{shown}");
    assert_eq!(bench.ok("inspect r2.json --json").json()["signatures"].as_array().unwrap().len(), 1);
}
