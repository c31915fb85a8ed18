//! Notes and checkpoints: one spelling, and not a byte may change.

use tile_log::{
    Checkpoint, CheckpointError, KeyError, KeyKind, Note, NoteError, NoteSigner, SignedCheckpoint, VerifierKey,
};

use crate::support::{log_key, log_of, name, reopen, witness_key};

#[test]
fn no_byte_of_a_checkpoint_can_change() {
    let (log, key) = log_of(5);
    let bytes = log.head().to_bytes();
    let signed = |bytes: &[u8]| SignedCheckpoint::open(bytes, log.head().origin(), &key);
    assert!(signed(&bytes).is_ok());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(signed(&changed).is_err(), "byte {at}, bit {bit}");
        }
        assert!(signed(&bytes[..at]).is_err(), "cut to {at}");
        let doubled = [&bytes[..=at], &bytes[at..]].concat();
        assert!(signed(&doubled).is_err(), "byte {at} twice");
    }
}

#[test]
fn what_is_not_a_note_is_refused() {
    let line = "\u{2014} a.example AAAAAAA=\n";
    let parse = |note: &str| Note::parse(note.as_bytes());
    assert!(parse(&format!("text\n\n{line}")).is_ok());
    for note in [
        String::new(),
        "text\n".to_owned(),
        "text\n\n".to_owned(),
        format!("text\n{line}"),
        format!("text\n\n{}", line.trim_end()),
        format!("text\n\n{line}\n"),
        "text\n\n- a.example AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014}  a.example AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} a+b AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} a\u{a0}b AAAAAAA=\n".to_owned(),
        "text\n\n\u{2014} a.example AAAAAA==\n".to_owned(),
        "text\n\n\u{2014} a.example AAAAAAB=\n".to_owned(),
        "text\n\n\u{2014} a.example AAAAAAA= \n".to_owned(),
        format!("text\n\n{line}{line}x"),
    ] {
        assert_eq!(parse(&note), Err(NoteError::Form), "{note:?}");
    }
    for note in [format!("te\u{7}xt\n\n{line}"), format!("text\r\n\r\n{line}"), format!("te\txt\n\n{line}")] {
        assert_eq!(parse(&note), Err(NoteError::Characters), "{note:?}");
    }
    assert_eq!(Note::parse(b"\xff\n\n"), Err(NoteError::Characters));
    assert_eq!(parse(&format!("text\n\n{}", line.repeat(101))), Err(NoteError::TooManySignatures));
    assert!(parse(&format!("text\n\n{}", line.repeat(100))).is_ok());
    assert_eq!(parse(&format!("{}\n\n{line}", "x".repeat(128 * 1024))), Err(NoteError::TooLong));
}

#[test]
fn the_text_ends_at_the_last_empty_line() {
    let note = Note::parse("a\n\nb\n\n\u{2014} a.example AAAAAAA=\n".as_bytes()).unwrap();
    assert_eq!(note.text(), "a\n\nb\n");
}

#[test]
fn what_is_not_a_checkpoint_is_refused() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let good = format!("log.example\n7\n{root}\n");
    assert!(good.parse::<Checkpoint>().is_ok());
    assert!(format!("log.example\n0\n{empty}\n").parse::<Checkpoint>().is_ok());
    assert!(format!("{good}extension\n").parse::<Checkpoint>().is_ok(), "extension lines may follow");
    for text in [
        String::new(),
        "log.example\n7\n".to_owned(),
        good.trim_end().to_owned(),
        format!("\n7\n{root}\n"),
        format!("log.example\n07\n{root}\n"),
        format!("log.example\n+7\n{root}\n"),
        format!("log.example\n-7\n{root}\n"),
        format!("log.example\n 7\n{root}\n"),
        format!("log.example\n18446744073709551616\n{root}\n"),
        format!("log.example\n9223372036854775807\n{root}\n"),
        format!("log.example\n7\n{}\n", &root[1..]),
        format!("log.example\n7\n{}\n", root.trim_end_matches('=')),
        format!("log.example\n0\n{root}\n"),
        format!("log.example\n7\n{empty}\n"),
        format!("{good}\n"),
        format!("{good}\nextension\n"),
    ] {
        assert_eq!(text.parse::<Checkpoint>(), Err(CheckpointError::Form), "{text:?}");
    }
}

#[test]
fn a_checkpoint_of_another_log_is_refused_even_under_the_same_key() {
    let (log, key) = log_of(1);
    let opened = SignedCheckpoint::open(&log.head().to_bytes(), &name("other.example/log"), &key);
    let (found, expected) = (name("trust.example/log"), name("other.example/log"));
    assert_eq!(opened, Err(CheckpointError::OtherLog { found, expected }));
}

#[test]
fn a_witness_key_signs_no_note_and_a_log_key_cosigns_none() {
    let witness = witness_key("trust.example/log");
    let log = tile_log::Log::create(tile_log::MemoryTiles::new(), name("trust.example/log"), witness);
    let log = log.expect("nothing is verified when a log begins");
    let opened = SignedCheckpoint::open(&log.head().to_bytes(), log.head().origin(), log_key().verifier());
    assert!(opened.is_err());
    let (log, key) = log_of(1);
    let cosigned =
        tile_log::witness::cosign(&log_key(), log.head().tree(), &reopen(log.head(), &key), log.storage(), 1);
    assert_eq!(cosigned, Err(CheckpointError::NotAWitness(name("trust.example/log")).into()));
}

#[test]
fn a_key_that_was_edited_is_refused() {
    let key = log_key().verifier().to_string();
    assert_eq!(key.parse::<VerifierKey>().unwrap().to_string(), key);
    for at in 0..key.len() {
        let mut changed = key.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(changed.parse::<VerifierKey>().is_err(), "{changed}");
    }
    let error = |text: &str| text.parse::<VerifierKey>().err();
    assert_eq!(error("a.example"), Some(KeyError::Form));
    assert_eq!(error("+00000000+AA=="), Some(KeyError::Name));
    assert_eq!(error("a.example+00000000+AA=="), Some(KeyError::Kind));
    assert_eq!(error("a.example+00000000+AQ=="), Some(KeyError::Form));
    let private = log_key().to_private_text().unwrap();
    assert_eq!(NoteSigner::from_private_text(&key).err(), Some(KeyError::NotPrivate));
    assert!(private.parse::<VerifierKey>().is_err(), "a private key is no public one");
}

#[test]
fn the_kind_of_a_key_is_part_of_its_text() {
    for kind in [KeyKind::Log, KeyKind::Witness] {
        let key = NoteSigner::generate(name("a.example"), kind).unwrap();
        let text = key.verifier().to_string();
        assert_eq!(text.parse::<VerifierKey>().unwrap().kind(), kind);
    }
}
