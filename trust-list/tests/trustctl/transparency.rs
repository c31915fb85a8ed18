//! The transparency log from its keys to a list that waits for its witnesses, and those who look at it.

use std::fs;

use serde_json::Value;

use crate::bench::Bench;

/// A region whose log two of three witnesses have cosigned, and whose root demands it.
fn logged() -> Bench {
    let bench = Bench::with_region();
    bench.ok("log keygen --name trust.region.example/log --out log.key");
    for country in ["xa", "xb", "xc"] {
        bench.ok(&format!("log keygen --witness --name witness.{country}.example --out {country}.witness"));
    }
    bench.ok("log init --dir pub --key log.key");
    bench.ok("log append --dir pub --key log.key");
    bench.ok("propose root --dir pub --log log.vkey --witness 'XA=Witness of XA=xa.vkey' \
         --witness 'XB=Witness of XB=xb.vkey' --witness 'XC=Witness of XC=xc.vkey' \
         --witness-threshold 2 --witness-countries 2 --out root2.json");
    let shown = cosign(&bench, &["xa", "xb"], " --root root2.json");
    assert_eq!(shown["shown"], true);
    bench.sign_and_assemble("root2.json", &["xa", "xb"]);
    bench.ok("publish --dir pub --key online.jwk --log-key log.key");
    bench
}

fn cosign(bench: &Bench, witnesses: &[&str], root: &str) -> Value {
    let files: String = witnesses.iter().flat_map(|witness| [*witness, ".cosig "]).collect();
    for witness in witnesses {
        bench.ok(&format!(
            "log witness --dir pub --log log.vkey --state {witness}.state --key {witness}.witness --out {witness}.cosig"
        ));
    }
    bench.ok(&format!("log add-cosignature {files} --dir pub --key log.key{root} --json")).json()
}

fn next_list_of_xa(bench: &Bench) {
    bench.save("template issuer --country XA --id second", "second.json");
    bench.ok("propose national --dir pub --country XA --entry second.json --out n2.json");
    bench.sign_and_assemble("n2.json", &["list"]);
}

fn sequence_of_xa(bench: &Bench) -> Value {
    let lists = bench.ok("publish --dir pub --key online.jwk --log-key log.key --json").json();
    let lists = lists["lists"].as_array().unwrap().clone();
    lists.into_iter().find(|list| list["name"] == "XA").unwrap()["sequence"].clone()
}

#[test]
fn a_root_switches_the_log_on_and_a_client_demands_it() {
    let bench = logged();
    bench.ok("verify --root root.json --dir pub");
    let audit = bench.ok("log verify --dir pub --json").json();
    assert_eq!(audit["size"], 3, "root 1, the regional list, the list of XA");
    assert_eq!(audit["waiting"], serde_json::json!(["root/2.json"]), "which is entered and waits for its witnesses");
    fs::remove_file(bench.path("pub/log/checkpoint")).unwrap();
    let refused = bench.run("verify --root root.json --dir pub");
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("log/checkpoint"), "{refused:?}");
}

#[test]
fn a_new_list_waits_for_the_witnesses_and_an_order_does_not() {
    let bench = logged();
    next_list_of_xa(&bench);
    let published = bench.ok("publish --dir pub --key online.jwk --log-key log.key --json").json();
    assert_eq!(published["waiting"], serde_json::json!(["lists/XA.2.json"]));
    assert_eq!(sequence_of_xa(&bench), 1);
    assert_eq!(bench.explain_idp().code, 0);

    bench.ok("suspend XA/idp --reason security-incident --key list.jwk --dir pub --out order.json");
    bench.ok("publish --dir pub --key online.jwk --order order.json");
    assert_eq!(bench.explain_idp().code, 1, "the order bites while the list waits");

    assert_eq!(cosign(&bench, &["xc"], "")["shown"], false, "one witness is not enough");
    let status = bench.ok("log checkpoint --dir pub --json").json();
    assert_eq!((&status["signed"]["enough"], &status["shown"]["enough"]), (&Value::Bool(false), &Value::Bool(true)));
    assert_eq!(sequence_of_xa(&bench), 1);
    assert_eq!(cosign(&bench, &["xa"], "")["shown"], true);
    assert_eq!(sequence_of_xa(&bench), 2);
    bench.ok("verify --root root.json --dir pub");
    assert_eq!(bench.ok("log verify --dir pub --json").json()["waiting"], serde_json::json!([]));
}

#[test]
fn a_witness_shows_what_it_vouches_for_and_refuses_a_log_that_was_rewritten_or_cut() {
    let bench = logged();
    next_list_of_xa(&bench);
    let before = bench.path("before");
    copy_folder(&bench.path("pub/log"), &before);
    bench.ok("publish --dir pub --key online.jwk --log-key log.key");
    let witness = "log witness --dir pub --log log.vkey --state xa.state --key xa.witness --out";
    let seen = bench.ok(&format!("{witness} new.cosig --json")).json();
    assert_eq!((&seen["before"], &seen["size"]), (&3.into(), &5.into()));
    assert!(seen["new"][1].as_str().unwrap().contains("\"path\":\"lists/XA.2.json\""), "{seen}");

    fs::rename(bench.path("pub/log"), bench.path("honest")).unwrap();
    copy_folder(&before, &bench.path("pub/log"));
    let cut = bench.run(&format!("{witness} cut.cosig"));
    assert_eq!(cut.code, 1);
    assert!(cut.err.contains("4 entries, and had 5"), "{cut:?}");

    // The same key begins again and enters other documents.
    fs::remove_dir_all(bench.path("pub/log")).unwrap();
    next_root(&bench);
    bench.ok("log init --dir pub --key log.key");
    bench.ok("log append --dir pub --key log.key");
    let rewritten = bench.run(&format!("{witness} rewritten.cosig"));
    assert_eq!(rewritten.code, 1);
    assert!(rewritten.err.contains("split view"), "{rewritten:?}");
    for file in ["cut.cosig", "rewritten.cosig"] {
        assert!(!bench.path(file).exists(), "nothing is cosigned");
    }
}

fn next_root(bench: &Bench) {
    bench.ok("propose root --dir pub --out root3.json");
    bench.sign_and_assemble("root3.json", &["xa", "xb"]);
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn an_auditor_finds_a_document_that_was_exchanged_or_withdrawn() {
    let bench = logged();
    let list = bench.path("pub/lists/XA.1.json");
    let honest = fs::read(&list).unwrap();
    fs::write(&list, [&honest[..], b"\n"].concat()).unwrap();
    let exchanged = bench.run("log verify --dir pub");
    assert_eq!(exchanged.code, 1);
    assert!(exchanged.err.contains("lists/XA.1.json"), "{exchanged:?}");
    fs::remove_file(&list).unwrap();
    assert_eq!(bench.run("log verify --dir pub").code, 1);
    fs::write(&list, honest).unwrap();
    bench.ok("log verify --dir pub");
}

#[test]
fn keys_of_the_wrong_kind_are_refused_and_private_ones_stay_private() {
    let bench = logged();
    let wrong = bench.run(
        "propose root --dir pub --log xa.vkey --witness 'XB=B=xb.vkey' --witness-threshold 1 \
         --witness-countries 1 --out wrong.json",
    );
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains("wrong kind"), "{wrong:?}");
    let twice = bench.run(
        "propose root --dir pub --log log.vkey --witness 'XB=B=xb.vkey' --witness 'XC=C=xb.vkey' \
         --witness-threshold 2 --witness-countries 2 --out wrong.json",
    );
    assert!(twice.err.contains("twice"), "{twice:?}");
    let as_witness = "log witness --dir pub --log log.vkey --state new.state --key log.key --out no.cosig";
    assert_eq!(bench.run(as_witness).code, 1);
    let mode = |path: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(bench.path(path)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode("log.key"), mode("xa.witness")), (0o600, 0o600));
    assert_eq!(bench.run("log keygen --name a.example --out log.key").code, 3, "no key is overwritten");
}
