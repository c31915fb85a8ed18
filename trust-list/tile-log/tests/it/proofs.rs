//! Proofs: every right one verifies, and no other.

use proptest::prelude::*;
use tile_log::{
    ConsistencyProof, GrowthError, Hash, InclusionProof, MemoryTiles, NotProven, Question, TileReader, TreeHead,
    TreeReader,
};

use crate::support::{entry, log_of};

/// RFC 6962 §2.1, MTH, word for word.
fn root_by_definition(entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => Hash::empty(),
        [one] => Hash::leaf(one),
        more => {
            let k = (1..more.len()).filter(|k| k.is_power_of_two()).max().unwrap();
            Hash::node(root_by_definition(&more[..k]), root_by_definition(&more[k..]))
        }
    }
}

fn heads(size: u64) -> Vec<TreeHead> {
    let entries: Vec<_> = (0..size).map(entry).collect();
    (0..=size)
        .map(|size| TreeHead { size, root: root_by_definition(&entries[..usize::try_from(size).unwrap()]) })
        .collect()
}

#[test]
fn every_entry_of_every_tree_is_proven_in_its_place_and_in_no_other() {
    let heads = heads(40);
    for tree in &heads {
        let (log, _) = log_of(tree.size);
        assert_eq!(log.head().tree(), *tree);
        for index in 0..tree.size {
            let proof = log.tree().inclusion(index).unwrap();
            for place in 0..=tree.size {
                let moved = InclusionProof { index: place, ..proof.clone() };
                let verified = moved.verify(Hash::leaf(&entry(index)), *tree);
                assert_eq!(verified.is_ok(), place == index, "entry {index} of {} at {place}", tree.size);
            }
            assert_eq!(proof.verify(Hash::leaf(b"another"), *tree), Err(NotProven));
            for other in heads.iter().filter(|other| *other != tree && other.size > index) {
                let verified = proof.verify(Hash::leaf(&entry(index)), TreeHead { root: other.root, ..*tree });
                assert_eq!(verified, Err(NotProven), "the root of another tree");
            }
        }
    }
}

#[test]
fn every_tree_is_proven_to_begin_with_every_smaller_one_and_with_no_other() {
    let heads = heads(40);
    for new in &heads {
        let (log, _) = log_of(new.size);
        for old in heads.iter().filter(|old| old.size <= new.size) {
            let proof = log.tree().consistency_from(old.size).unwrap();
            assert_eq!(proof.verify(*old, *new), Ok(()), "{} to {}", old.size, new.size);
            let another = Hash::leaf(b"another");
            assert_eq!(proof.verify(TreeHead { root: another, ..*old }, *new), Err(NotProven));
            if old.size > 0 {
                assert_eq!(proof.verify(*old, TreeHead { root: another, ..*new }), Err(NotProven));
            }
            if old.size < new.size {
                assert_eq!(proof.verify(*new, *old), Err(NotProven), "a log does not shrink");
                assert_eq!(log.tree().verify_growth(*new, *old), Err(GrowthError::Shorter));
            }
            // Whoever signed both is to blame, and the tiles are if they do not lead to what was signed.
            assert_eq!(log.tree().verify_growth(*old, *new), Ok(()));
            let rewritten = log.tree().verify_growth(TreeHead { root: another, ..*old }, *new);
            assert_eq!(rewritten, Err(GrowthError::OtherTree), "{} to {}", old.size, new.size);
            if old.size > 0 && old.size < new.size {
                let unsigned = log.tree().verify_growth(*old, TreeHead { root: another, ..*new });
                assert_eq!(unsigned, Err(GrowthError::WrongTiles(NotProven)));
            }
        }
    }
}

/// Shortens, lengthens, reorders or changes the path.
fn damage(path: &mut Vec<Hash>, how: u8, at: usize) {
    let length = path.len().max(1);
    let at = at % length;
    match how % 4 {
        0 => drop(path.pop()),
        1 => path.insert(at, Hash::leaf(b"one more")),
        2 if path.len() > 1 => path.swap(at, (at + 1) % length),
        _ if path.is_empty() => path.push(Hash::empty()),
        _ => {
            let mut bytes = *path[at].as_bytes();
            bytes[at % 32] ^= 1 << (at % 8);
            path[at] = Hash::from_bytes(bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_damaged_proof_is_refused(size in 1_u64..700, at in any::<u64>(), how in any::<u8>(), place in any::<usize>()) {
        let (log, _) = log_of(size);
        let (tree, index) = (log.head().tree(), at % size);
        let inclusion = log.tree().inclusion(index).unwrap();
        let leaf = Hash::leaf(&entry(index));
        prop_assert_eq!(inclusion.verify(leaf, tree), Ok(()));
        let mut path = inclusion.path.clone();
        damage(&mut path, how, place);
        if path != inclusion.path {
            prop_assert_eq!(InclusionProof { index, path }.verify(leaf, tree), Err(NotProven));
        }

        let old = TreeHead { size: index, root: TreeReader::new(&tiles_of(index), index).root().unwrap() };
        let consistency = log.tree().consistency_from(old.size).unwrap();
        prop_assert_eq!(consistency.verify(old, tree), Ok(()));
        let mut path = consistency.path.clone();
        damage(&mut path, how, place);
        if path != consistency.path {
            prop_assert_eq!(ConsistencyProof { path }.verify(old, tree), Err(NotProven));
        }
    }

    #[test]
    fn the_tiles_a_question_names_are_all_that_its_answer_needs(size in 1_u64..3_000, at in any::<u64>()) {
        let at = at % size;
        let whole = tiles_of(size);
        for question in [Question::Root, Question::Inclusion(at), Question::ConsistencyFrom(at)] {
            let mut fetched = MemoryTiles::new();
            for tile in question.tiles(size).unwrap() {
                fetched.insert(tile, whole.tile(tile).unwrap().expect("the log has each of its tiles"));
            }
            let reader = TreeReader::new(&fetched, size);
            let answered = match question {
                Question::Root => reader.root().is_ok(),
                Question::Inclusion(index) => reader.inclusion(index).is_ok(),
                Question::ConsistencyFrom(old) => {
                    let (old, root) = (TreeHead { size: old, root: Hash::leaf(b"another") }, log_of(size).0.head().tree());
                    reader.verify_growth(old, root) == Err(GrowthError::OtherTree)
                }
            };
            prop_assert!(answered);
        }
    }
}

/// The tiles of a log, as a reader without the log has them.
fn tiles_of(size: u64) -> MemoryTiles {
    let (log, _) = log_of(size);
    log.storage().clone()
}
