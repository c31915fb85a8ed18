//! Witnesses cosign what continues what they saw, and count once each.

use tile_log::witness::{WitnessError, cosign};
use tile_log::{CheckpointError, Hash, KeyKind, NoteSigner, TlogProof, TreeHead, VerifierKey};

use crate::support::{copy, entries, entry, log_of, name, reopen, witness_key};

const EMPTY: TreeHead = TreeHead { size: 0, root: Hash::from_bytes(EMPTY_ROOT) };
const EMPTY_ROOT: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

fn verifiers(keys: &[&NoteSigner]) -> Vec<VerifierKey> {
    keys.iter().map(|key| key.verifier().clone()).collect()
}

#[test]
fn two_witnesses_follow_a_log_and_their_cosignatures_are_counted() {
    let (mut log, key) = log_of(3);
    let (xa, xe) = (witness_key("xa.example"), witness_key("xe.example"));
    let known = verifiers(&[&xa, &xe]);
    let before = log.head().tree();
    cosign(&xa, EMPTY, log.head(), log.storage(), 100).unwrap();
    log.append(&entries(3..300)).unwrap();

    let lines = [
        cosign(&xa, before, log.head(), log.storage(), 200).unwrap(),
        cosign(&xe, EMPTY, log.head(), log.storage(), 201).unwrap(),
    ];
    assert_eq!(log.add_cosignatures(&lines.concat(), &known), Ok(2));
    assert_eq!(log.add_cosignatures(&lines[0], &known), Ok(0), "what is there is not added again");

    let seen = reopen(log.head(), &key);
    let found: Vec<_> =
        seen.cosignatures(&known).unwrap().iter().map(|c| (c.witness.name().to_string(), c.time)).collect();
    assert_eq!(found, [("xa.example".to_owned(), 200), ("xe.example".to_owned(), 201)]);
    log.append(&["one more"]).unwrap();
    assert_eq!(reopen(log.head(), &key).cosignatures(&known), Ok(Vec::new()), "a new head has none yet");
}

#[test]
fn a_witness_refuses_a_log_that_was_cut_or_rewritten() {
    let witness = witness_key("xa.example");
    let (log, _) = log_of(10);
    let (shorter, _) = log_of(7);
    let (last, offered) = (log.head().tree(), shorter.head().tree());
    assert_eq!(
        cosign(&witness, last, shorter.head(), shorter.storage(), 1),
        Err(WitnessError::Shorter { offered, last })
    );

    let (mut rewritten, _) = log_of(9);
    rewritten.append(&["another tenth", "and more"]).unwrap();
    let offered = rewritten.head().tree();
    let refused = cosign(&witness, last, rewritten.head(), rewritten.storage(), 1);
    assert_eq!(refused, Err(WitnessError::SplitView { offered, last }));
    assert!(refused.unwrap_err().to_string().contains(&last.root.to_string()), "both views are named");

    let (mut same_size, _) = log_of(9);
    same_size.append(&["another tenth"]).unwrap();
    let offered = same_size.head().tree();
    let refused = cosign(&witness, last, same_size.head(), same_size.storage(), 1);
    assert_eq!(refused, Err(WitnessError::SplitView { offered, last }));
}

#[test]
fn one_key_under_two_names_counts_once() {
    let (mut log, key) = log_of(1);
    let xa = witness_key("xa.example");
    let renamed = under_another_name(&xa);
    assert_eq!(renamed.verifier().public_bytes(), xa.verifier().public_bytes());
    let known = verifiers(&[&xa, &renamed]);
    let lines = [
        cosign(&xa, EMPTY, log.head(), log.storage(), 1).unwrap(),
        cosign(&renamed, EMPTY, log.head(), log.storage(), 1).unwrap(),
    ];
    assert_eq!(log.add_cosignatures(&lines.concat(), &known), Ok(2));
    assert_eq!(reopen(log.head(), &key).cosignatures(&known).unwrap().len(), 1);
}

/// The same key as `xe.example`, with the id that signed-note gives it.
fn under_another_name(key: &NoteSigner) -> NoteSigner {
    let text = key.to_private_text().unwrap();
    let encoded = text.splitn(5, '+').nth(4).unwrap();
    let named = [&b"xe.example\n\x04"[..], key.verifier().public_bytes()].concat();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &named);
    let id = u32::from_be_bytes(hash.as_ref()[..4].try_into().unwrap());
    NoteSigner::from_private_text(&format!("PRIVATE+KEY+xe.example+{id:08x}+{encoded}")).unwrap()
}

#[test]
fn a_cosignature_that_is_wrong_spoils_the_checkpoint_and_a_strangers_is_left_out() {
    let (mut log, key) = log_of(4);
    let (xa, stranger) = (witness_key("xa.example"), witness_key("stranger.example"));
    let known = verifiers(&[&xa]);
    let line = cosign(&stranger, EMPTY, log.head(), log.storage(), 1).unwrap();
    assert_eq!(log.add_cosignatures(&line, &known), Ok(0));
    // A cosignature of another head, and one at another time than it says.
    let (other, _) = log_of(5);
    let of_other = cosign(&xa, EMPTY, other.head(), other.storage(), 1).unwrap();
    let wrong = Err(CheckpointError::BadCosignature(name("xa.example")).into());
    assert_eq!(log.add_cosignatures(&of_other, &known), wrong);
    let spoiled = [log.head().to_bytes(), of_other.into_bytes()].concat();
    let opened = tile_log::SignedCheckpoint::open(&spoiled, log.head().origin(), &key).unwrap();
    assert_eq!(opened.cosignatures(&known).err(), Some(CheckpointError::BadCosignature(name("xa.example"))));
    assert!(opened.cosignatures(&verifiers(&[&stranger])).unwrap().is_empty());
}

#[test]
fn a_key_of_the_wrong_kind_makes_no_cosignature_count() {
    let (log, key) = log_of(1);
    let seen = reopen(log.head(), &key);
    // The log's own signature is no cosignature, although the key is known.
    assert_eq!(seen.cosignatures([&key]).err(), Some(CheckpointError::BadCosignature(name("trust.example/log"))));
    assert_eq!(key.kind(), KeyKind::Log);
}

#[test]
fn a_proof_in_a_file_verifies_offline_and_not_for_another_entry() {
    let (mut log, key) = log_of(1000);
    let xa = witness_key("xa.example");
    let line = cosign(&copy(&xa), EMPTY, log.head(), log.storage(), 7).unwrap();
    log.add_cosignatures(&line, &verifiers(&[&xa])).unwrap();
    let proof = TlogProof { inclusion: log.tree().inclusion(612).unwrap(), checkpoint: log.head().clone() };
    let text = proof.to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 612\n"));

    let read = TlogProof::open(text.as_bytes(), log.head().origin(), &key).unwrap();
    assert_eq!(read, proof);
    assert_eq!(read.verify(&entry(612)), Ok(()));
    assert!(read.verify(&entry(613)).is_err());
    assert_eq!(read.checkpoint.cosignatures([xa.verifier()]).unwrap().len(), 1);
    let with_extra = text.replacen("index", "extra AAAA\nindex", 1);
    assert!(TlogProof::open(with_extra.as_bytes(), log.head().origin(), &key).is_ok());
    for at in 0..text.find("\n\n").unwrap() {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let opened = TlogProof::open(&changed, log.head().origin(), &key);
        assert!(opened.is_err() || opened.is_ok_and(|proof| proof.verify(&entry(612)).is_err()), "byte {at}");
    }
}
