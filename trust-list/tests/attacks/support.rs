//! A client to be attacked.

use std::sync::Arc;

use serde_json::Value;
use strict_jose::{SignedDocument, SigningKey, UnixTime, b64, sha256};
use tempfile::TempDir;
use trust_list::document::{DocumentPath, ListName, ListProblem, Typ};
use trust_list::publish::Published;
use trust_list::testing::TestRegion;
use trust_list::{
    CountryCode, HighWater, IssuerKind, IssuerQuery, Level, NotTrusted, Publisher, Purpose, UpdateError, Updated,
    VerifiedList, update,
};

pub(crate) const NOW: UnixTime = UnixTime::new(1_800_000_000);
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn cc(code: &str) -> CountryCode {
    code.parse().unwrap()
}

pub(crate) fn purpose() -> Purpose {
    "account-opening".parse().unwrap()
}

/// XB recognises the identity provider `idp` of XA for account opening, up to substantial.
pub(crate) fn region() -> TestRegion {
    let mut region = TestRegion::new(NOW).unwrap();
    region.add_issuer(&TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW)).unwrap();
    region.recognise(cc("XB"), cc("XA"), purpose(), Level::Substantial).unwrap();
    region
}

/// Whether the list trusts `idp` of XA for XB.
pub(crate) fn idp(list: &VerifiedList, at: UnixTime) -> Result<Level, NotTrusted> {
    let purpose = purpose();
    let service = "idp".parse().unwrap();
    let query = IssuerQuery {
        country: cc("XA"),
        service: Some(&service),
        kind: IssuerKind::IdentityProvider,
        recogniser: cc("XB"),
        purpose: &purpose,
        level: Level::Low,
        at,
    };
    let explained = list.explain_issuer(&query);
    let decided = list.trusted_issuer(&query).map(|trusted| trusted.ceiling());
    assert_eq!(explained.trusted(), decided.is_ok(), "an explanation says what the decision says\n{explained}");
    decided
}

/// Why the list of a member is not used.
pub(crate) fn disabled(list: &VerifiedList, country: &str, at: UnixTime) -> Option<ListProblem> {
    match list.member(cc(country)).unwrap().disabled(at) {
        Some(NotTrusted::MemberListUnusable(problem)) => Some(problem),
        None => None,
        Some(other) => panic!("{country} is not disabled by its list: {other}"),
    }
}

/// One client with its memory on disk.
pub(crate) struct Watcher {
    pinned: Vec<u8>,
    pub(crate) dir: TempDir,
    memory: Option<HighWater>,
    pub(crate) list: Option<Arc<VerifiedList>>,
}

impl Watcher {
    pub(crate) fn new(pinned: &[u8]) -> Self {
        let dir = TempDir::new().unwrap();
        let memory = Some(HighWater::open(dir.path()).unwrap());
        Self { pinned: pinned.to_owned(), dir, memory, list: None }
    }

    /// A client that has verified the region once.
    pub(crate) async fn of(region: &TestRegion) -> Self {
        let mut watcher = Self::new(region.pinned_root());
        watcher.update(&region.publisher(), region.now()).await.unwrap();
        watcher
    }

    pub(crate) async fn update(
        &mut self,
        publisher: &dyn Publisher,
        now: UnixTime,
    ) -> Result<Arc<VerifiedList>, UpdateError> {
        let memory = self.memory.as_mut().unwrap();
        match update(&self.pinned, publisher, memory, self.list.as_deref(), now).await? {
            Updated::Changed(list) => self.list = Some(list),
            Updated::Unchanged => {}
            Updated::Narrowed { list, why } => {
                self.list = Some(list);
                return Err(why);
            }
        }
        Ok(Arc::clone(self.list.as_ref().unwrap()))
    }

    /// Ends the process and begins another on the same directory.
    pub(crate) fn restart(&mut self) {
        self.memory = None;
        self.list = None;
        self.memory = Some(HighWater::open(self.dir.path()).unwrap());
    }

    pub(crate) fn wipe_cache(&mut self) {
        self.memory = None;
        std::fs::remove_dir_all(self.dir.path().join("documents")).unwrap();
        self.restart();
    }
}

/// Signs any payload, also one that no builder makes.
pub(crate) fn sign(payload: &[u8], typ: Typ, keys: &[&SigningKey]) -> Vec<u8> {
    let mut document = SignedDocument::new(payload.to_owned());
    for key in keys {
        document.sign_with(key, typ.as_str(), NOW).unwrap();
    }
    document.to_json_bytes()
}

/// The JSON of a published document.
pub(crate) fn payload(documents: &Published, path: DocumentPath) -> Value {
    let bytes = documents.get(path).unwrap();
    let document = SignedDocument::parse(bytes, &strict_jose::Limits::LIST).unwrap();
    serde_json::from_slice(document.payload()).unwrap()
}

/// The place of the newest document of a list.
pub(crate) fn newest(documents: &Published, name: ListName) -> DocumentPath {
    DocumentPath::List(name, documents.list(name).unwrap().0)
}

/// Puts `bytes` in the place of the newest document of a list and makes a new status name them.
pub(crate) fn replace_list(region: &mut TestRegion, name: ListName, bytes: Vec<u8>) {
    let path = newest(&region.documents, name);
    let mut status = payload(&region.documents, DocumentPath::Status);
    let entries = status["lists"].as_array_mut().unwrap();
    let entry = entries.iter_mut().find(|entry| entry["name"] == name.to_string()).unwrap();
    entry["length"] = bytes.len().into();
    entry["sha256"] = b64::encode(sha256(&bytes)).into();
    status["version"] = (status["version"].as_u64().unwrap() + 1).into();
    region.documents.put_unchecked(path, bytes);
    replace_status(region, &status);
}

/// Puts any payload, signed by the member's own signer, in the place of its list.
pub(crate) fn replace_national(region: &mut TestRegion, country: &str, payload: &[u8]) {
    let bytes = sign(payload, Typ::National, &[region.national_key(cc(country)).unwrap()]);
    replace_list(region, ListName::Member(cc(country)), bytes);
}

/// Puts any payload, signed by every regulator, in the place of the regional list.
pub(crate) fn replace_regional(region: &mut TestRegion, payload: &[u8]) {
    let keys = ["XA", "XB", "XC"].map(|country| region.regulator_key(cc(country)).unwrap());
    let bytes = sign(payload, Typ::Regional, &keys);
    replace_list(region, ListName::Regional, bytes);
}

/// Puts any payload, signed by the online key, in the place of the status document.
pub(crate) fn replace_status(region: &mut TestRegion, payload: &Value) {
    let bytes = sign(payload.to_string().as_bytes(), Typ::Status, &[region.online_key()]);
    region.documents.put_unchecked(DocumentPath::Status, bytes);
    region.serve();
}
