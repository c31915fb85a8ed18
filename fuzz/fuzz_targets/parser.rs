//! One binary for all parsers: `PARSER=jwk cargo fuzz run -s none parser`. Their functions and oracles are in the `fuzzing`
//! module of each crate; `make fuzz-smoke` runs each for a few seconds.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;

static PARSER: OnceLock<fn(&[u8])> = OnceLock::new();

fn parser() -> fn(&[u8]) {
    let name = std::env::var("PARSER").expect("PARSER names what is run; fuzz/run lists the names");
    let all = [
        strict_jose::fuzzing::TARGETS,
        tile_log::fuzzing::TARGETS,
        trust_list::fuzzing::TARGETS,
        country_adapters::fuzzing::TARGETS,
        hub_core::fuzzing::TARGETS,
    ];
    let found = all.into_iter().flatten().find(|(target, _)| *target == name);
    found.unwrap_or_else(|| panic!("no parser is called {name}")).1
}

fuzz_target!(|bytes: &[u8]| PARSER.get_or_init(parser)(bytes));
