//! `trustctl verify-lote`.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::support::{Draft, INFORMATION, LOCATION, TYPE, set};
use crate::support::{Ca, NOW};

fn verify(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustctl"));
    command.current_dir(dir).args(["--time", &NOW.to_rfc3339(), "verify-lote", "list.jwt"]);
    command.args(["--type", TYPE, "--territory", "XA", "--location", LOCATION]).args(args);
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_list_is_verified_with_its_pinned_signer_and_an_older_one_refused_afterwards() {
    let dir = TempDir::new().unwrap();
    let file = |name: &str, content: &[u8]| std::fs::write(dir.path().join(name), content).unwrap();
    let mut draft = Draft::healthy();
    file("list.jwt", &draft.sign());
    file("signer.der", &draft.certificate);
    let args = ["--signer", "signer.der", "--seen", "seen.json"];
    let output = verify(dir.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("sequence   17\n"), "{}", text(&output.stdout));

    set(&mut draft.payload, INFORMATION, "LoTESequenceNumber", Some(16.into()));
    file("list.jwt", &draft.sign());
    let output = verify(dir.path(), &args);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("16 is below 17"), "{}", text(&output.stderr));
}

#[test]
fn an_authority_vouches_only_together_with_revocation_lists() {
    let dir = TempDir::new().unwrap();
    let file = |name: &str, content: &[u8]| std::fs::write(dir.path().join(name), content).unwrap();
    let ca = Ca::of_xa();
    let draft = Draft::by(&ca);
    file("list.jwt", &draft.sign());
    file("anchor.der", &ca.der);
    file("ca.crl", &ca.crl(&[]));
    file("other.crl", &Ca::of_xa().crl(&[]));
    for (args, code, says) in [
        (&["--anchor", "anchor.der", "--crl", "ca.crl"][..], 0, ""),
        (&["--anchor", "anchor.der", "--crl", "other.crl"], 1, "no revocation list covers it"),
        (&["--anchor", "anchor.der"], 2, "--crl"),
        (&[], 2, "--signer"),
    ] {
        let output = verify(dir.path(), args);
        assert_eq!(output.status.code(), Some(code), "{args:?} {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{args:?} {}", text(&output.stderr));
    }
}
