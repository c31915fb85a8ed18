//! Whatever regulators, thieves and messengers do in whatever order: nothing is admitted without its quorum.
//!
//! The oracle is a book that is kept beside: which key really signed which bytes as what. It counts by itself.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use strict_jose::{Algorithm, SignedDocument, SigningKey, b64};
use trust_list::document::{DocumentPath, ListName, Role, RootDocument, Typ};
use trust_list::publish::rotation::{Pace, Rotation};
use trust_list::publish::{DetachedSignature, Proposal, Published, RegionalBuilder, RootBuilder};
use trust_list::{HighWater, LocalizedText, Organisation, Quorum, Updated, update};

use crate::support::{NOW, cc};

/// The keys there are. Two are XA's, so that one country alone could meet a threshold that forgot to count countries.
static KEYS: LazyLock<Vec<SigningKey>> =
    LazyLock::new(|| (0..6).map(|_| SigningKey::generate(Algorithm::EdDSA, None).unwrap()).collect());
static ONLINE: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::EdDSA, None).unwrap());
const COUNTRIES: [&str; 6] = ["XA", "XA", "XB", "XC", "XB", "XD"];
const TWO: Quorum = Quorum { threshold: 2, countries: 2 };

/// A region in the hands of everybody at once.
struct World {
    pinned: Vec<u8>,
    published: Published,
    drafts: Vec<Proposal>,
    /// Who signed what, by the digest of the payload, under its own `typ`.
    book: BTreeMap<String, BTreeSet<usize>>,
    turn: i64,
}

impl World {
    fn new() -> Self {
        let mut root = RootBuilder::new(cc("XZ"), "https://t.example", NOW);
        for holder in 0..4 {
            root = root.regulator(cc(COUNTRIES[holder]), "Holder", KEYS[holder].public_jwk());
        }
        let root = root.online(cc("XA"), "Publisher", ONLINE.public_jwk()).quorum(Role::Root, TWO);
        let mut world = Self {
            pinned: Vec::new(),
            published: Published::new(),
            drafts: vec![root.quorum(Role::Regional, TWO).build().unwrap()],
            book: BTreeMap::new(),
            turn: 0,
        };
        for key in [0, 2] {
            world.sign(0, key);
        }
        world.published.add(&world.drafts[0]).unwrap();
        world.pinned = world.drafts[0].to_bytes();
        world.propose_list();
        world
    }

    fn sign(&mut self, draft: usize, key: usize) {
        let draft = &mut self.drafts[draft];
        draft.sign(&KEYS[key], NOW).unwrap();
        self.book.entry(draft.payload_digest()).or_default().insert(key);
    }

    fn propose_root(&mut self, key: usize, other: usize, shape: u8) {
        let mut root = RootBuilder::successor_of(&self.published.root().unwrap(), NOW);
        if shape & 1 == 1 {
            // Also under another country's name, or as a key that is in the root already.
            root = root.regulator(cc(COUNTRIES[other]), "New holder", KEYS[key].public_jwk());
        } else {
            root = root.without_key(KEYS[key].public_jwk().thumbprint());
        }
        let quorum = Quorum { threshold: usize::from(shape >> 1 & 3), countries: usize::from(shape >> 3 & 3) };
        if shape & 0x20 != 0 {
            root = root.quorum(Role::Root, quorum).quorum(Role::Regional, quorum);
        }
        // What no quorum could ever meet, or anybody, is refused here already.
        self.drafts.extend(root.build().ok());
    }

    /// A key takes another's place, in any step and in haste.
    fn propose_rotation(&mut self, old: usize, new: usize, how: u8) {
        let new = KEYS[new].public_jwk();
        let Ok(rotation) = Rotation::of(&self.published, KEYS[old].public_jwk().thumbprint(), new) else { return };
        let much_later = NOW.plus(i64::from(how >> 2 & 1) * 1_000_000);
        let proposal = match how % 4 {
            0 => rotation.announce(NOW),
            1 => rotation.activate(Pace::Planned, much_later),
            2 => rotation.activate(Pace::Emergency, NOW),
            _ => rotation.retire(much_later),
        };
        self.drafts.extend(proposal.ok());
    }

    fn propose_list(&mut self) {
        self.turn += 1;
        let location = "https://t.example/lists/regional.json";
        let operator = Organisation::draft(cc("XZ"), LocalizedText::en("Operator"), "t.example");
        let list = match self.published.list(ListName::Regional) {
            Ok((_, current)) => RegionalBuilder::revise(current.payload(), NOW),
            Err(_) => RegionalBuilder::new(cc("XZ"), location, &operator, NOW),
        };
        let next_update = NOW.plus(86_400 + self.turn);
        self.drafts.push(list.unwrap().next_update(next_update).build().unwrap());
    }

    /// A signature for another kind of document, another draft, under another key's name, or once more.
    fn forge(&mut self, draft: usize, other: usize, key: usize, how: u8) {
        let digest = self.drafts[draft].payload_digest();
        let typ = self.drafts[draft].kind().as_str();
        let (source, typ) = match how % 4 {
            0 => (draft, Typ::Status.as_str()),
            1 => (other, self.drafts[other].kind().as_str()),
            _ => (draft, typ),
        };
        let mut signed = SignedDocument::new(self.drafts[source].payload().to_vec());
        signed.sign_with(&KEYS[key], typ, NOW.plus(i64::from(how))).unwrap();
        let real = match how % 4 {
            1 => self.drafts[other].payload_digest() == digest,
            3 => true,
            _ => false,
        };
        if real {
            self.book.entry(digest.clone()).or_default().insert(key);
        }
        let (protected, signature) = signed.signatures()[0].parts();
        let mut header: Value = serde_json::from_slice(&b64::decode(protected).unwrap()).unwrap();
        if how % 4 == 2 {
            // Not in the book: a name is no key.
            header["kid"] = KEYS[(key + 1) % KEYS.len()].public_jwk().thumbprint().as_str().into();
        }
        let protected = b64::encode(header.to_string());
        let parts = json!({ "payload_sha256": digest, "protected": protected, "signature": signature });
        let forged = DetachedSignature::parse(parts.to_string().as_bytes()).unwrap();
        // A document has room for so many; more are refused.
        let _ = self.drafts[draft].attach(&forged);
    }

    /// The keys of a role in a root, with their countries, read without our own reader.
    fn quorum_is_in_the_book(&self, payload: &[u8], root: &RootDocument, role: Role) -> bool {
        let digest = b64::encode(strict_jose::sha256(payload));
        let nobody = BTreeSet::new();
        let really = self.book.get(&digest).unwrap_or(&nobody);
        let signer = |key: &usize| {
            let entry = root.keys.iter().find(|entry| entry.key == *KEYS[*key].public_jwk())?;
            entry.roles.contains(&role).then_some(entry.country)
        };
        let countries: Vec<_> = really.iter().filter_map(signer).collect();
        let quorum = if role == Role::Root { root.roles.root } else { root.roles.regional };
        countries.len() >= quorum.threshold && countries.iter().collect::<BTreeSet<_>>().len() >= quorum.countries
    }

    /// Whether each root up to `version`, and this regional list, has its quorum in the book.
    fn is_rightful(&self, documents: &Published, version: u64, list: Option<u64>) -> bool {
        let payload = |path| Proposal::parse(documents.get(path).unwrap()).unwrap().payload().to_vec();
        let mut before: Option<RootDocument> = None;
        for number in 1..=version {
            let bytes = payload(DocumentPath::Root(number));
            let root: RootDocument = serde_json::from_slice(&bytes).unwrap();
            let roots = before.iter().chain([&root]);
            if !roots.into_iter().all(|root| self.quorum_is_in_the_book(&bytes, root, Role::Root)) {
                return false;
            }
            before = Some(root);
        }
        let list = list.map(|sequence| payload(DocumentPath::List(ListName::Regional, sequence)));
        let root = before.unwrap();
        list.is_none_or(|list| self.quorum_is_in_the_book(&list, &root, Role::Regional))
    }

    /// Publishes by the rules.
    fn assemble(&mut self, draft: usize) -> bool {
        let Ok(place) = self.published.add(&self.drafts[draft]) else { return false };
        let newest = self.published.root().unwrap().version();
        let list = if let DocumentPath::List(_, sequence) = place { Some(sequence) } else { None };
        assert!(self.is_rightful(&self.published, newest, list), "{place} was assembled without its quorum");
        true
    }

    /// Who has the online key and the web server puts anything there; a client looks.
    fn force(&self, draft: usize) -> bool {
        let mut documents = self.published.clone();
        let draft = &self.drafts[draft];
        let place = match draft.kind() {
            Typ::Root => DocumentPath::Root(serde_json::from_slice::<RootDocument>(draft.payload()).unwrap().version),
            _ => DocumentPath::List(ListName::Regional, documents.list(ListName::Regional).map_or(0, |(n, _)| n) + 1),
        };
        documents.put_unchecked(place, draft.to_bytes());
        let online = std::slice::from_ref(&*ONLINE);
        if documents.restamp(online, &[], NOW, None).is_err() {
            return false;
        }
        let mut memory = HighWater::volatile();
        let seen = update(&self.pinned, &documents, &mut memory, None, NOW).now_or_never().unwrap();
        let Ok(Updated::Changed(list)) = seen else { return false };
        let sequence = list.lists().find(|view| view.country.is_none()).unwrap().sequence;
        assert!(self.is_rightful(&documents, list.root_version(), Some(sequence)), "a client accepted {place}");
        true
    }
}

type Step = (u8, Index, Index, u8);

#[test]
fn no_order_of_events_admits_anything_with_fewer_than_m_signatures_from_k_countries() {
    let [assembled, accepted, refused] = [const { Cell::new(0) }; 3];
    let count = |cell: &Cell<u32>| cell.set(cell.get() + 1);
    let step = (0..16_u8, any::<Index>(), any::<Index>(), any::<u8>());
    let mut runner = TestRunner::new(Config::with_cases(96));
    let story = |steps: Vec<Step>| {
        let mut world = World::new();
        for (what, one, two, how) in steps {
            let (draft, other) = (one.index(world.drafts.len()), two.index(world.drafts.len()));
            let (key, second) = (two.index(KEYS.len()), usize::from(how) % KEYS.len());
            match what {
                0 => world.propose_root(key, second, how),
                1 => world.propose_rotation(key, one.index(KEYS.len()), how),
                2 => world.propose_list(),
                3..=8 => world.sign(draft, key),
                9 | 10 => world.forge(draft, other, second, how),
                11 => {
                    let copy = world.drafts[other].clone();
                    let _ = world.drafts[draft].merge(&copy);
                }
                12 | 13 => count(if world.force(draft) { &accepted } else { &refused }),
                _ => count(if world.assemble(draft) { &assembled } else { &refused }),
            }
        }
        Ok(())
    };
    runner.run(&prop::collection::vec(step, 1..60), story).unwrap();
    let seen = (assembled.get(), accepted.get(), refused.get());
    assert!(seen.0 > 20 && seen.1 > 5 && seen.2 > 100, "too little happened: {seen:?}");
}

#[test]
fn the_book_itself_counts_keys_and_countries() {
    let mut world = World::new();
    let root: RootDocument = serde_json::from_slice(world.drafts[0].payload()).unwrap();
    let payload = world.drafts[1].payload().to_vec();
    let counted = |world: &World| world.quorum_is_in_the_book(&payload, &root, Role::Regional);
    world.sign(1, 0);
    assert!(!counted(&world), "one key");
    world.sign(1, 1);
    assert!(!counted(&world), "two keys of one country");
    world.sign(1, 5);
    assert!(!counted(&world), "a stranger");
    world.sign(1, 3);
    assert!(counted(&world));
}
