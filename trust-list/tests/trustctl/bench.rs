//! A table with the keys of a small region on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const TIME: &str = "2027-01-15T08:00:00Z";

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) struct Bench {
    dir: TempDir,
    time: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { dir: TempDir::new().unwrap(), time: TIME.to_owned() }
    }

    pub(crate) fn at(&mut self, time: &str) {
        time.clone_into(&mut self.time);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Runs `trustctl` with the words of `line`; `'` keeps words together.
    pub(crate) fn run(&self, line: &str) -> Answer {
        let output = Command::new(env!("CARGO_BIN_EXE_trustctl"))
            .args(words(line))
            .args(["--time", &self.time])
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .env_remove("TRUSTCTL_PIN")
            .env_remove("TRUSTCTL_PKCS11_MODULE")
            .stdin(Stdio::null())
            .current_dir(self.dir.path())
            .output()
            .unwrap();
        Answer {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, and it must be done.
    pub(crate) fn ok(&self, line: &str) -> Answer {
        let answer = self.run(line);
        assert_eq!(answer.code, 0, "{line}: {answer:?}");
        answer
    }

    /// Runs it and keeps what it prints in a file.
    pub(crate) fn save(&self, line: &str, name: &str) {
        std::fs::write(self.path(name), self.ok(line).out).unwrap();
    }

    /// Three regulators, an online key, the signer of XA's list, and a bank's key.
    pub(crate) fn with_keys() -> Self {
        let bench = Self::new();
        for name in ["xa", "xb", "xc", "online", "list", "bank"] {
            bench.ok(&format!("keygen --out {name}.jwk"));
        }
        bench
    }

    /// The same with root 1 in `pub`, two of three from two countries.
    pub(crate) fn with_root() -> Self {
        let bench = Self::with_keys();
        bench.ok("init-root --region XZ --distribution https://trust.region.example --threshold 2 --countries 2 \
             --regulator 'XA=Regulator of XA=xa.pub.jwk' --regulator 'XB=Regulator of XB=xb.pub.jwk' \
             --regulator 'XC=Regulator of XC=xc.pub.jwk' --online XA=Publisher=online.pub.jwk --out root.json");
        bench.sign_and_assemble("root.json", &["xa", "xb"]);
        bench
    }

    /// The same with XA as a member, its identity provider `idp`, a bank in XA, and XB recognising XA.
    pub(crate) fn with_region() -> Self {
        let bench = Self::with_root();
        bench.save("template operator --country XZ", "operator.json");
        bench.save(
            "template member --country XA --distribution https://trust.region.example --key list.pub.jwk",
            "member.json",
        );
        bench.save("template recognition --recogniser XB --recognised XA", "row.json");
        bench.ok(
            "propose regional --dir pub --operator operator.json --admit member.json --recognise row.json --out r.json",
        );
        bench.sign_and_assemble("r.json", &["xa", "xc"]);
        bench.save("template operator --country XA", "operator-xa.json");
        bench.save("template issuer --country XA --id idp", "idp.json");
        bench.save("template client --country XA --id bank --key bank.pub.jwk", "bank.json");
        bench.ok(
            "propose national --dir pub --country XA --operator operator-xa.json --entry idp.json --entry bank.json --out n.json",
        );
        bench.sign_and_assemble("n.json", &["list"]);
        bench.ok("publish --dir pub --key online.jwk");
        bench
    }

    pub(crate) fn sign_and_assemble(&self, proposal: &str, keys: &[&str]) {
        for key in keys {
            self.ok(&format!("sign {proposal} --key {key}.jwk"));
        }
        std::fs::create_dir_all(self.path("pub")).unwrap();
        self.ok(&format!("assemble {proposal} --dir pub"));
    }

    /// The thumbprint of a key.
    pub(crate) fn thumbprint(&self, name: &str) -> String {
        let key = std::fs::read(self.path(&format!("{name}.pub.jwk"))).unwrap();
        serde_json::from_slice::<Value>(&key).unwrap()["kid"].as_str().unwrap().to_owned()
    }

    /// Whether a client trusts `idp` of XA for XB.
    pub(crate) fn explain_idp(&self) -> Answer {
        self.run(
            "explain issuer --root pub/root/1.json --dir pub --country XA --recogniser XB --purpose account-opening --json",
        )
    }
}

/// An answer without what differs from run to run: keys by the names of their files, every other hash as `HASH`.
impl Bench {
    pub(crate) fn steady(&self, text: &str) -> String {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.dir()).unwrap() {
            let path = entry.unwrap().path();
            if let Some(name) = path.file_name().unwrap().to_str().unwrap().strip_suffix(".pub.jwk") {
                let key: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                names.push((key["kid"].as_str().unwrap().to_owned(), format!("<{name}>")));
            }
        }
        let is_hash = |word: &str| word.len() == 43 && !names.iter().any(|(key, _)| key == word);
        let mut steady = text.to_owned();
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).filter(|w| is_hash(w)) {
            steady = steady.replace(word, "HASH");
        }
        names.iter().fold(steady, |text, (key, name)| text.replace(key, name))
    }
}

fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| {
        if at % 2 == 1 { vec![part.to_owned()] } else { part.split_whitespace().map(str::to_owned).collect() }
    });
    words.collect()
}
