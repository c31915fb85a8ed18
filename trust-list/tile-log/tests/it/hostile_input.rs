//! Whatever the bytes are, no parser panics, and what is read has one spelling.

use proptest::prelude::*;
use tile_log::fuzzing;

use crate::support::{log_key, log_of};

const PARSERS: [fn(&[u8]); 8] = [
    fuzzing::note,
    fuzzing::checkpoint,
    fuzzing::signature_lines,
    fuzzing::key,
    fuzzing::tile_path,
    fuzzing::tile,
    fuzzing::tlog_proof,
    fuzzing::proofs,
];

fn try_all(bytes: &[u8]) {
    for parser in PARSERS {
        parser(bytes);
    }
}

/// Pieces that the parsers look for.
fn near_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\u{2014} ",
        "trust.example/log",
        "+",
        " ",
        "\n",
        "\n\n",
        "0",
        "7",
        "18446744073709551615",
        "c2sp.org/tlog-proof@v1\n",
        "index ",
        "extra ",
        "PRIVATE+KEY+",
        "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
        "tile/",
        "entries/",
        "x001/",
        "067",
        ".p/",
        "255",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        try_all(&bytes);
    }

    #[test]
    fn text_near_the_real_thing_is_read_or_refused(text in near_text()) {
        try_all(text.as_bytes());
    }

    #[test]
    fn a_real_note_with_a_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = log_of(2).0.head().to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = to;
        try_all(&bytes);
        try_all(log_key().verifier().to_string().as_bytes());
    }
}
