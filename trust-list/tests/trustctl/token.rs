//! PKCS#11 tokens on the table: SoftHSM, with a directory of its own for each bench.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::bench::Bench;

/// Debian's libsofthsm2 puts it there.
pub(crate) const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
pub(crate) const PIN: &str = "2468-1357";

impl Bench {
    /// Initializes a token of that label, and writes its PIN to `pin`, readable by its owner.
    pub(crate) fn token(&self, label: &str) {
        let tokens = self.path("tokens");
        fs::create_dir_all(&tokens).unwrap();
        let config = format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display());
        fs::write(self.path("softhsm2.conf"), config).unwrap();
        fs::write(self.path("pin"), format!("{PIN}\n")).unwrap();
        fs::set_permissions(self.path("pin"), fs::Permissions::from_mode(0o600)).unwrap();
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", PIN])
            .env("SOFTHSM2_CONF", self.path("softhsm2.conf"))
            .output()
            .expect("softhsm2-util runs: scripts/install-missing test installs it");
        assert!(made.status.success(), "{made:?}");
    }

    /// Makes a key in a new token, both called `name`, with its public half in `name.pub.jwk`.
    pub(crate) fn key_in_token(&self, name: &str, alg: &str) {
        self.token(name);
        self.ok(&format!("keygen --token {} --alg {alg} --out {name}.pub.jwk", uri(name, name)));
    }
}

/// A key of a token, with the file of its PIN.
pub(crate) fn uri(token: &str, key: &str) -> String {
    format!("pkcs11:token={token};object={key}?module-path={MODULE}&pin-source=pin")
}
