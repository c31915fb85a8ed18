//! Keys that stay in their tokens: what they sign, and what is said when a token does not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::bench::Bench;
use crate::token::{MODULE, uri};

#[test]
fn a_region_whose_keys_never_left_their_tokens_is_accepted_by_a_client() {
    for alg in ["es256", "es384", "eddsa", "ps256"] {
        let bench = Bench::new();
        for name in ["xa", "xb", "online"] {
            bench.key_in_token(name, alg);
        }
        bench.ok("init-root --region XZ --distribution https://t.example --threshold 2 --countries 2 \
             --regulator XA=A=xa.pub.jwk --regulator XB=B=xb.pub.jwk --online XA=P=online.pub.jwk --out root.json");
        for name in ["xa", "xb"] {
            let signed = bench.ok(&format!("sign root.json --key {} --json", uri(name, name))).json();
            assert_eq!(signed["added"], true, "{alg}");
        }
        bench.ok("assemble root.json --dir pub");
        bench.save("template operator --country XZ", "operator.json");
        bench.ok("propose regional --dir pub --operator operator.json --out r.json");
        for name in ["xa", "xb"] {
            bench.ok(&format!("sign r.json --key {}", uri(name, name)));
        }
        bench.ok("assemble r.json --dir pub");
        bench.ok(&format!("publish --dir pub --key {}", uri("online", "online")));
        // Nobody is a member yet, so there is nobody to trust; the documents are good.
        let verified = bench.run("verify --root root.json --dir pub --json").json();
        assert_eq!((&verified["root_version"], &verified["status_version"]), (&1.into(), &1.into()), "{alg}");
    }
}

#[test]
fn keygen_in_a_token_writes_the_public_half_only() {
    let bench = Bench::new();
    bench.token("xa");
    let made = bench.ok(&format!("keygen --token {} --out xa.pub.jwk --json", uri("xa", "root"))).json();
    assert_eq!(made["private_key"], format!("pkcs11:token=xa;object=root?module-path={MODULE}"));
    let mut files: Vec<_> = bench.dir().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["pin", "softhsm2.conf", "tokens", "xa.pub.jwk"]);
    let public: Value = serde_json::from_slice(&fs::read(bench.path("xa.pub.jwk")).unwrap()).unwrap();
    assert_eq!((&public["d"], &public["alg"]), (&Value::Null, &"ES256".into()));
    assert_eq!(public["kid"], made["thumbprint"]);
    // Nothing is made that no file could tell of.
    for out in ["xa.pub.jwk", "nowhere/xb.pub.jwk"] {
        assert_eq!(bench.run(&format!("keygen --token {} --out {out}", uri("xa", "other"))).code, 3);
    }
    assert_eq!(bench.run(&format!("keygen --existing --token {} --out x.jwk", uri("xa", "other"))).code, 1);
    // A second look finds the same key.
    bench.ok(&format!("keygen --existing --token {} --out again.jwk", uri("xa", "root")));
    assert_eq!(fs::read(bench.path("again.jwk")).unwrap(), fs::read(bench.path("xa.pub.jwk")).unwrap());
}

#[test]
fn a_regulator_with_a_token_and_one_with_a_file_sign_one_document() {
    let bench = Bench::with_region();
    bench.key_in_token("new", "es256");
    bench.ok("propose root --dir pub --add-regulator XB=Second=new.pub.jwk --out root2.json");
    bench.sign_and_assemble("root2.json", &["xa", "xb"]);
    bench.ok("propose regional --dir pub --out r2.json");
    bench.ok("sign r2.json --key xa.jwk");
    bench.ok(&format!("sign r2.json --key {}", uri("new", "new")));
    bench.ok("assemble r2.json --dir pub");
    bench.ok(&format!("suspend XB --reason drill --key {} --dir pub --out order.json", uri("new", "new")));
}

#[test]
fn each_failure_of_a_token_says_what_to_do() {
    let bench = Bench::new();
    for name in ["xa", "xb"] {
        bench.key_in_token(name, "es256");
    }
    bench.ok("init-root --region XZ --distribution https://t.example --threshold 1 --countries 1 \
         --regulator XA=A=xa.pub.jwk --online XB=P=xb.pub.jwk --out root.json");
    fs::write(bench.path("wrong"), "0000").unwrap();
    fs::set_permissions(bench.path("wrong"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(bench.path("open"), "0000").unwrap();
    fs::set_permissions(bench.path("open"), fs::Permissions::from_mode(0o644)).unwrap();
    let in_xa = format!("pkcs11:token=xa;object=xa?module-path={MODULE}");
    for (key, code, said) in [
        (format!("{in_xa}&pin-source=wrong"), 1, "wrong PIN for token \"xa\". It was not tried again"),
        (format!("{in_xa}&pin-source=open"), 1, "others can read this PIN"),
        (format!("{in_xa}&pin-source=absent"), 3, "cannot read absent"),
        (format!("{in_xa}&pin-value=1234"), 2, "can be read by every user"),
        (in_xa.clone(), 2, "set TRUSTCTL_PIN"),
        ("pkcs11:token=xa;object=xa".to_owned(), 2, "which library drives the token?"),
        (
            "pkcs11:token=xa?module-path=/nowhere/p11.so".to_owned(),
            3,
            "cannot load the PKCS#11 library /nowhere/p11.so",
        ),
        (uri("xc", "xa"), 1, "there are: xa, xb."),
        (uri("xa", "XA"), 1, "has no private key"),
        (format!("pkcs11:object=xa?module-path={MODULE}&pin-source=pin"), 1, "add serial="),
        ("pkcs11:slot-id=3".to_owned(), 2, "\"slot-id\" is not understood"),
    ] {
        let answer = bench.run(&format!("sign root.json --key {key}"));
        assert_eq!(answer.code, code, "{key}: {answer:?}");
        let sorted = answer.err.replace("xb, xa", "xa, xb");
        assert!(sorted.contains(said), "{key}: {sorted}");
    }
    let taken = bench.run(&format!("keygen --token {} --out new.jwk", uri("xa", "xa")));
    assert!(taken.code == 1 && taken.err.contains("another label"), "{taken:?}");
    // Nothing was signed by any of it.
    assert_eq!(bench.ok("inspect root.json --json").json()["signatures"], serde_json::json!([]));
}

#[test]
fn of_two_keys_with_one_label_the_identifier_says_which() {
    let bench = Bench::new();
    bench.token("xa");
    for id in ["01", "02"] {
        let uri = format!("pkcs11:token=xa;object=root;id=%{id}?module-path={MODULE}&pin-source=pin");
        bench.ok(&format!("keygen --token {uri} --out {id}.jwk"));
    }
    let several = bench.run(&format!("keygen --existing --token {} --out x.jwk", uri("xa", "root")));
    assert!(several.code == 1 && several.err.contains("add id="), "{several:?}");
    let second = format!("pkcs11:token=xa;id=%02?module-path={MODULE}&pin-source=pin");
    bench.ok(&format!("keygen --existing --token {second} --out x.jwk"));
    assert_eq!(fs::read(bench.path("x.jwk")).unwrap(), fs::read(bench.path("02.jwk")).unwrap());
}
