//! Keys that change: announced, active, retired, or all at once; and clients that saw all of it, or none.

use serde_json::Value;

use crate::bench::{Answer, Bench};
use crate::token::uri;

const TOO_EARLY: &str = "2027-01-16T07:59:59Z";
const ACTIVE: &str = "2027-01-16T08:00:00Z";
const SOON: &str = "2027-01-16T08:59:59Z";
const LATER: &str = "2027-01-16T09:00:00Z";

/// Signs a proposal with each key and puts it among the published documents.
fn decide(bench: &Bench, proposal: &str, keys: &[&str]) {
    for key in keys {
        bench.ok(&format!("sign {proposal} --key {key}"));
    }
    bench.ok(&format!("assemble {proposal} --dir pub"));
}

fn rotate(bench: &Bench, step: &str, old: &str, new: &str, out: &str) -> Answer {
    bench.run(&format!("rotate {step} --dir pub --old {old} --new {new} --out {out}"))
}

fn rotated(bench: &Bench, step: &str, old: &str, new: &str, out: &str) {
    let answer = rotate(bench, step, old, new, out);
    assert_eq!(answer.code, 0, "rotate {step}: {answer:?}");
}

fn refused(answer: &Answer, why: &str) {
    assert!(answer.code == 1 && answer.err.contains(why), "{answer:?}");
}

fn plan(bench: &Bench, old: &str, new: &str) -> Value {
    bench.ok(&format!("rotate plan --dir pub --old {old} --new {new} --json")).json()
}

/// What a client says that remembers what it saw in `state`.
fn client(bench: &Bench, state: &str) -> Value {
    bench.ok(&format!("verify --root root.json --dir pub --state {state} --json")).json()
}

/// The client that ran all along and one that starts now agree.
fn all_agree(bench: &Bench) -> Value {
    let new = bench.ok("verify --root root.json --dir pub --json").json();
    assert_eq!(client(bench, "running"), new);
    assert_eq!(bench.explain_idp().code, 0);
    new
}

#[test]
fn a_regulators_key_is_announced_waits_takes_over_and_the_old_one_leaves() {
    let mut bench = Bench::with_region();
    client(&bench, "running");
    bench.ok("keygen --out new.jwk");
    let (old, new) = ("xc.pub.jwk", "new.pub.jwk");
    assert_eq!(plan(&bench, old, new)["stage"], "not announced");
    refused(&rotate(&bench, "activate", old, new, "x.json"), "not announced yet");
    refused(&rotate(&bench, "retire", old, new, "x.json"), "not announced yet");

    rotated(&bench, "announce", old, new, "root2.json");
    decide(&bench, "root2.json", &["xa.jwk", "xb.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    assert_eq!(plan(&bench, old, new)["earliest"], ACTIVE);
    refused(&rotate(&bench, "announce", old, new, "x.json"), "was announced at");
    // Announced is not trusted: it signs nothing.
    bench.ok("propose regional --dir pub --out early.json");
    for key in ["xa.jwk", "new.jwk"] {
        bench.ok(&format!("sign early.json --key {key}"));
    }
    refused(&bench.run("assemble early.json --dir pub"), "signed by 1 of the needed 2 keys");

    bench.at(TOO_EARLY);
    refused(&rotate(&bench, "activate", old, new, "x.json"), &format!("not before {ACTIVE}"));
    bench.at(ACTIVE);
    rotated(&bench, "activate", old, new, "root3.json");
    for key in ["xa.jwk", "new.jwk", "xb.jwk"] {
        bench.ok(&format!("sign root3.json --key {key}"));
    }
    // XA and the old key of XC signed the regional list: first it is signed anew.
    refused(&bench.run("assemble root3.json --dir pub"), "clients would refuse the regional list");
    bench.ok("propose regional --dir pub --out r2.json");
    decide(&bench, "r2.json", &["xa.jwk", "xb.jwk"]);
    bench.ok("assemble root3.json --dir pub");
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    // From now on the new key signs, and the old one does not.
    bench.ok("propose regional --dir pub --out r3.json");
    bench.ok("sign r3.json --key xc.jwk");
    bench.ok("sign r3.json --key xa.jwk");
    refused(&bench.run("assemble r3.json --dir pub"), "signed by 1 of the needed 2 keys");
    decide(&bench, "r3.json", &["new.jwk"]);

    bench.at(SOON);
    refused(&rotate(&bench, "retire", old, new, "x.json"), &format!("not before {LATER}"));
    bench.at(LATER);
    rotated(&bench, "retire", old, new, "root4.json");
    decide(&bench, "root4.json", &["new.jwk", "xb.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    assert_eq!(all_agree(&bench)["root_version"], 4);
    let gone = bench.run(&format!("rotate plan --dir pub --old {old} --new {new}"));
    assert!(gone.code == 2 && gone.err.contains("no key"), "{gone:?}");
}

#[test]
fn an_online_key_changes_without_a_minute_without_a_status() {
    let mut bench = Bench::with_region();
    client(&bench, "running");
    bench.ok("keygen --out new.jwk");
    let (old, new) = ("online.pub.jwk", "new.pub.jwk");
    rotated(&bench, "announce", old, new, "root2.json");
    decide(&bench, "root2.json", &["xa.jwk", "xb.jwk"]);
    refused(&bench.run("publish --dir pub --key new.jwk"), "signed by 0 of the needed 1 keys");
    bench.at(ACTIVE);
    rotated(&bench, "activate", old, new, "root3.json");
    decide(&bench, "root3.json", &["xa.jwk", "xb.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    bench.at(LATER);
    refused(&rotate(&bench, "retire", old, new, "x.json"), "not signed by the new key yet");
    bench.ok("publish --dir pub --key new.jwk");
    all_agree(&bench);
    rotated(&bench, "retire", old, new, "root4.json");
    decide(&bench, "root4.json", &["xa.jwk", "xb.jwk"]);
    // Not published anew yet: the status of the new key carries over.
    all_agree(&bench);
    refused(&bench.run("publish --dir pub --key online.jwk"), "signed by 0 of the needed 1 keys");
    bench.ok("publish --dir pub --key new.jwk");
    all_agree(&bench);
}

#[test]
fn a_national_list_is_signed_by_old_and_new_before_the_old_one_leaves() {
    let mut bench = Bench::with_region();
    client(&bench, "running");
    bench.ok("keygen --out new.jwk");
    let (old, new) = ("list.pub.jwk", "new.pub.jwk");
    assert_eq!(plan(&bench, old, new)["whose"], "list signer of XA");
    rotated(&bench, "announce", old, new, "r2.json");
    decide(&bench, "r2.json", &["xa.jwk", "xb.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    bench.at(TOO_EARLY);
    refused(&rotate(&bench, "activate", old, new, "x.json"), &format!("not before {ACTIVE}"));
    refused(&rotate(&bench, "retire", old, new, "x.json"), "does not sign yet");
    bench.at(ACTIVE);
    rotated(&bench, "activate", old, new, "n2.json");
    decide(&bench, "n2.json", &["new.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    bench.at(LATER);
    rotated(&bench, "retire", old, new, "r3.json");
    decide(&bench, "r3.json", &["xb.jwk", "xc.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    bench.ok("propose national --dir pub --country XA --out n3.json");
    bench.ok("sign n3.json --key list.jwk");
    refused(&bench.run("assemble n3.json --dir pub"), "signed by 0 of the needed 1 keys");
}

#[test]
fn a_stolen_list_key_leaves_at_once() {
    let bench = Bench::with_region();
    client(&bench, "running");
    bench.ok("keygen --out new.jwk");
    let (old, new) = ("list.pub.jwk", "new.pub.jwk");
    let answer = rotate(&bench, "activate --emergency", old, new, "r2.json");
    assert_eq!(answer.code, 0, "{answer:?}");
    // Its last act, if it is still at hand: a list that both signed, so that there is no gap.
    bench.ok("propose national --dir pub --country XA --out n2.json");
    decide(&bench, "n2.json", &["list.jwk", "new.jwk"]);
    decide(&bench, "r2.json", &["xa.jwk", "xc.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
    bench.ok("propose national --dir pub --country XA --out n3.json");
    bench.ok("sign n3.json --key list.jwk");
    refused(&bench.run("assemble n3.json --dir pub"), "signed by 0 of the needed 1 keys");
}

#[test]
fn a_lost_list_key_is_replaced_in_a_copy_that_no_client_reads() {
    let bench = Bench::with_region();
    client(&bench, "running");
    bench.ok("keygen --out new.jwk");
    let (old, new) = ("list.pub.jwk", "new.pub.jwk");
    let answer = rotate(&bench, "activate --emergency", old, new, "r2.json");
    assert_eq!(answer.code, 0, "{answer:?}");
    for key in ["xa.jwk", "xc.jwk"] {
        bench.ok(&format!("sign r2.json --key {key}"));
    }
    refused(&bench.run("assemble r2.json --dir pub"), "clients would refuse the XA list");
    bench.ok("assemble r2.json --dir pub --incomplete");
    bench.ok("propose national --dir pub --country XA --out n2.json");
    decide(&bench, "n2.json", &["new.jwk"]);
    bench.ok("publish --dir pub --key online.jwk");
    all_agree(&bench);
}

#[test]
fn the_new_key_is_nobody_elses_and_not_the_old_one() {
    let bench = Bench::with_region();
    refused(&rotate(&bench, "announce", "xc.pub.jwk", "xa.pub.jwk", "x.json"), "that of Regulator of XA (XA) already");
    assert_eq!(rotate(&bench, "announce", "xc.pub.jwk", "xc.pub.jwk", "x.json").code, 2);
    assert_eq!(rotate(&bench, "announce", "bank.pub.jwk", "xc.pub.jwk", "x.json").code, 2);
}

/// Root 2 has a fourth country and wants three; in root 3 a stolen key is replaced; root 4 has another online key. The
/// new keys live in tokens.
#[test]
fn a_region_moves_to_tokens_and_a_client_that_was_away_for_three_roots_catches_up() {
    let mut bench = Bench::with_region();
    for state in ["running", "away"] {
        client(&bench, state);
    }
    for name in ["xd", "xc2", "online2"] {
        bench.key_in_token(name, "es256");
    }
    let (xd, xc2, online2) = (&uri("xd", "xd"), &uri("xc2", "xc2"), &uri("online2", "online2"));

    // More signatures are wanted of the next root, and of the list that is current then.
    bench.ok("propose root --dir pub --add-regulator XD=New=xd.pub.jwk --threshold 3 --countries 3 --out root2.json");
    bench.ok("propose regional --dir pub --out r2.json");
    decide(&bench, "r2.json", &["xa.jwk", "xb.jwk", "xc.jwk"]);
    for key in ["xa.jwk", "xb.jwk"] {
        bench.ok(&format!("sign root2.json --key {key}"));
    }
    refused(&bench.run("assemble root2.json --dir pub"), "by its own keys: signed by 2 of the needed 3 keys");
    decide(&bench, "root2.json", &[xd]);
    bench.ok("publish --dir pub --key online.jwk");
    assert_eq!(all_agree(&bench)["root_version"], 2);

    bench.at("2027-01-15T08:20:00Z");
    let (old, new) = ("xc.pub.jwk", "xc2.pub.jwk");
    rotated(&bench, "activate --emergency", old, new, "root3.json");
    bench.ok("propose regional --dir pub --out r3.json");
    decide(&bench, "r3.json", &["xa.jwk", "xb.jwk", xd]);
    // The stolen key helps the thief no more than any stranger's, and the new one is not among the old root's.
    for key in ["xa.jwk", "xb.jwk", xc2] {
        bench.ok(&format!("sign root3.json --key {key}"));
    }
    refused(&bench.run("assemble root3.json --dir pub"), "by the root before it: signed by 2 of the needed 3 keys");
    decide(&bench, "root3.json", &[xd]);
    bench.ok("publish --dir pub --key online.jwk");
    assert_eq!(all_agree(&bench)["root_version"], 3);

    rotated(&bench, "activate --emergency", "online.pub.jwk", "online2.pub.jwk", "root4.json");
    decide(&bench, "root4.json", &["xb.jwk", xc2, xd]);
    refused(&bench.run("publish --dir pub --key online.jwk"), "signed by 0 of the needed 1 keys");
    bench.ok(&format!("publish --dir pub --key {online2}"));
    let now = all_agree(&bench);
    assert_eq!(now["root_version"], 4);
    assert_eq!(client(&bench, "away"), now, "away since root 1");
}
