//! Values that others published.

use tile_log::{Hash, KeyKind, Note, NoteError, NoteSigner, SignedCheckpoint, VerifierKey};

use crate::support::{log_key, name};

/// The inputs of Google's reference implementation of RFC 6962.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

fn hex(hash: Hash) -> String {
    let digits = hash.as_bytes().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[test]
fn roots_are_those_of_the_reference_implementation_of_rfc_6962() {
    let expected = [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];
    for (size, root) in expected {
        let key = log_key();
        let mut log = tile_log::Log::create(tile_log::MemoryTiles::new(), key.verifier().name().clone(), key).unwrap();
        log.append(&LEAVES[..size]).unwrap();
        assert_eq!(hex(log.head().tree().root), root, "{size} entries");
    }
}

/// C2SP signed-note, Verifier keys, Example.
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE: &str = "This is an example message.\n\n\
    \u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

#[test]
fn the_example_of_the_specification_verifies_and_is_written_back_as_it_was() {
    let key: VerifierKey = EXAMPLE_KEY.parse().unwrap();
    assert_eq!((key.kind(), key.name().as_str()), (KeyKind::Log, "example.com/foo"));
    assert_eq!(key.to_string(), EXAMPLE_KEY);
    let note = Note::parse(EXAMPLE_NOTE.as_bytes()).unwrap();
    assert_eq!(note.verify(&key), Ok(()));
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), EXAMPLE_NOTE);
}

/// The key pair in the documentation of Go's `golang.org/x/mod/sumdb/note`.
const GO_PRIVATE: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_PUBLIC: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn a_private_key_of_go_is_read_and_has_the_same_public_half() {
    let key = NoteSigner::from_private_text(GO_PRIVATE).unwrap();
    assert_eq!(key.verifier().to_string(), GO_PUBLIC);
    assert_eq!(*key.to_private_text().unwrap(), GO_PRIVATE);
    assert!(!format!("{key:?}").contains("AYEKFALVFGy"), "the private half is not shown");
}

/// C2SP tlog-checkpoint; its key is not published.
const CHECKPOINT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
    \u{2014} example.com/behind-the-sofa \
    Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";

#[test]
fn the_checkpoint_of_the_specification_is_read_and_not_believed() {
    let note = Note::parse(CHECKPOINT.as_bytes()).unwrap();
    let checkpoint: tile_log::Checkpoint = note.text().parse().unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.tree.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.to_string(), note.text());
    let stranger = log_key();
    let opened = SignedCheckpoint::open(CHECKPOINT.as_bytes(), &checkpoint.origin, stranger.verifier());
    let unsigned = NoteError::NotSigned(name("trust.example/log"));
    assert_eq!(opened, Err(unsigned.into()));
}
