//! Writes a log with two witnesses for readers of other languages: `write_log DIR`.
//!
//! `DIR/log/` is the log; `DIR/heads/<size>` its cosigned head each time it grew; `DIR/keys` the public keys, one a
//! line: the log's, then the witnesses'; `DIR/log.key` the private key of the log. Entry N is the text `entry N`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use tile_log::{Hash, KeyKind, Log, NoteSigner, TileDirectory, TreeHead, witness};

/// Around full tiles of both lower levels.
const SIZES: [u64; 10] = [0, 1, 2, 5, 255, 256, 257, 600, 65_536, 70_000];

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: write_log DIR")?);
    fs::create_dir_all(dir.join("heads"))?;
    let key = NoteSigner::generate("trust.example/log".parse()?, KeyKind::Log)?;
    fs::write(dir.join("log.key"), key.to_private_text()?.as_bytes())?;
    let witnesses = [witness_key("xa.example/witness")?, witness_key("xe.example/witness")?];
    let known: Vec<_> = witnesses.iter().map(|witness| witness.verifier().clone()).collect();
    let names = std::iter::once(key.verifier()).chain(&known).map(|key| format!("{key}\n"));
    fs::write(dir.join("keys"), names.collect::<String>())?;

    let origin = key.verifier().name().clone();
    let mut log = Log::create(TileDirectory::new(dir.join("log")).lock()?, origin, key)?;
    let mut last = TreeHead { size: 0, root: Hash::empty() };
    for (time, size) in (1_800_000_000..).zip(SIZES) {
        log.append(&(last.size..size).map(|index| format!("entry {index}")).collect::<Vec<_>>())?;
        for witness in &witnesses {
            let line = witness::cosign(witness, last, log.head(), log.storage(), time)?;
            log.add_cosignatures(&line, &known)?;
        }
        log.publish_head()?;
        fs::write(dir.join(format!("heads/{size}")), log.head().to_bytes())?;
        last = log.head().tree();
    }
    Ok(())
}

fn witness_key(name: &str) -> Result<NoteSigner, Box<dyn Error>> {
    Ok(NoteSigner::generate(name.parse()?, KeyKind::Witness)?)
}
