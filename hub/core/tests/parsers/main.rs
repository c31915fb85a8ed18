//! Every parser of the workspace against its seeds, and against what chance makes of them. The same functions run under
//! libFuzzer with `make fuzz-smoke`; here they cannot rot.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use proptest::sample::Index;

type Parser = fn(&[u8]);

fn parsers() -> impl Iterator<Item = &'static (&'static str, Parser)> {
    let all = [
        strict_jose::fuzzing::TARGETS,
        tile_log::fuzzing::TARGETS,
        trust_list::fuzzing::TARGETS,
        country_adapters::fuzzing::TARGETS,
        hub_core::fuzzing::TARGETS,
    ];
    all.into_iter().flatten()
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds"))
}

/// What stands in the folder of a parser.
fn seeds(parser: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder().join(parser)).unwrap();
    files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_parser_has_a_name_of_its_own_and_seeds_and_every_seed_a_parser() {
    let mut names = BTreeSet::new();
    for (name, _) in parsers() {
        assert!(names.insert((*name).to_owned()), "{name} twice");
        assert!(!seeds(name).is_empty(), "{name} has no seed");
    }
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(folders.collect::<BTreeSet<_>>(), names);
}

#[test]
fn every_parser_survives_its_seeds_whole_and_cut_anywhere() {
    for (name, parser) in parsers() {
        for seed in seeds(name) {
            for end in (0..=seed.len()).step_by(seed.len() / 64 + 1) {
                parser(&seed[..end]);
            }
            parser(&seed);
        }
    }
}

#[test]
fn every_parser_survives_the_seeds_of_all_others() {
    let all: Vec<Vec<u8>> = parsers().flat_map(|(name, _)| seeds(name)).collect();
    for (_, parser) in parsers() {
        for seed in &all {
            parser(seed);
        }
    }
}

/// A seed with some bytes overwritten, some put in and some taken out.
fn damaged(mut seed: Vec<u8>, damage: &[(Index, u8, u8)]) -> Vec<u8> {
    for (at, how, byte) in damage {
        let at = at.index(seed.len() + 1);
        match how % 4 {
            0 if at < seed.len() => seed[at] = *byte,
            1 => seed.insert(at, *byte),
            2 if at < seed.len() => drop(seed.remove(at)),
            _ if at < seed.len() => seed[at] ^= 1 << (byte % 8),
            _ => {}
        }
    }
    seed
}

// PROPTEST_CASES says for how long.
proptest! {
    #[test]
    fn every_parser_survives_damaged_seeds(
        choice: Index,
        damage in prop::collection::vec((any::<Index>(), any::<u8>(), any::<u8>()), 1..6),
    ) {
        for (name, parser) in parsers() {
            let seeds = seeds(name);
            parser(&damaged(seeds[choice.index(seeds.len())].clone(), &damage));
        }
    }

    #[test]
    fn every_parser_survives_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        for (_, parser) in parsers() {
            parser(&bytes);
        }
    }
}
