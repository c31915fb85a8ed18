//! A log that was interrupted anywhere opens again, has all that it acknowledged, and contradicts nothing it showed.

use std::fs;

use tile_log::{
    LockedDirectory, Log, LogError, MemoryTiles, NoteSigner, Slot, StorageError, Tile, TileDirectory, TileReader,
    TileWriter, TreeHead,
};

use crate::support::{copy, entries, entry, log_key};

/// Memory that fails once, after some steps: a tile is a step, a checkpoint is two (before and after it is seen).
struct Failing<'m> {
    memory: &'m mut MemoryTiles,
    steps_left: usize,
    seen: &'m mut Vec<Vec<u8>>,
}

impl Failing<'_> {
    fn step(&mut self) -> Result<(), StorageError> {
        let broken = StorageError::Io { action: "cannot write", path: "the disk".into(), reason: "power".into() };
        let left = self.steps_left.checked_sub(1);
        self.steps_left = left.unwrap_or(PLENTY);
        left.map(drop).ok_or(broken)
    }
}

impl TileReader for Failing<'_> {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError> {
        self.memory.tile(tile)
    }

    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError> {
        self.memory.checkpoint(slot)
    }
}

impl TileWriter for Failing<'_> {
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StorageError> {
        tiles.iter().try_for_each(|tile| {
            self.step()?;
            self.memory.write_tiles(std::slice::from_ref(tile))
        })
    }

    fn replace_checkpoint(&mut self, slot: Slot, old: Option<&[u8]>, new: &[u8]) -> Result<(), StorageError> {
        self.step()?;
        self.memory.replace_checkpoint(slot, old, new)?;
        self.seen.push(new.to_vec());
        self.step()
    }
}

const PLENTY: usize = 1_000_000;

#[test]
fn f11_whatever_write_fails_nothing_acknowledged_is_lost_and_no_head_contradicts_another() {
    let key = log_key();
    let origin = key.verifier().name().clone();
    let (mut memory, mut seen) = (MemoryTiles::new(), Vec::new());
    let begun = Failing { memory: &mut memory, steps_left: PLENTY, seen: &mut seen };
    drop(Log::create(begun, origin.clone(), copy(&key)).unwrap());
    let mut acknowledged = Vec::new();
    // Growing by 100 crosses full tiles; each round is interrupted one step later than the one before.
    for round in 0..40_u64 {
        let steps_left = usize::try_from(round % 9).unwrap();
        let storage = Failing { memory: &mut memory, steps_left, seen: &mut seen };
        let mut log = Log::open(storage, &origin, copy(&key)).expect("it opens after every interruption");
        let batch: Vec<Vec<u8>> = (0..100).map(|at| format!("round {round}, entry {at}").into_bytes()).collect();
        if let Ok(first) = log.append(&batch) {
            acknowledged.extend((first..).zip(batch));
        }
    }
    let storage = Failing { memory: &mut memory, steps_left: 0, seen: &mut seen };
    let log = Log::open(storage, &origin, copy(&key)).unwrap();
    assert!(acknowledged.len() >= 1_000, "some appends were let through: {}", acknowledged.len());
    for (index, entry) in &acknowledged {
        assert_eq!(log.tree().entry(*index).as_ref(), Ok(entry), "entry {index}");
    }
    let (tree, newest) = (log.tree(), log.head().tree());
    let shown: Vec<TreeHead> = log_heads(&log, &key);
    for head in shown {
        let proof = tree.consistency_from(head.size).unwrap();
        assert_eq!(proof.verify(head, newest), Ok(()), "the head of {} entries", head.size);
    }
}

fn log_heads(log: &Log<Failing<'_>>, key: &NoteSigner) -> Vec<TreeHead> {
    let open =
        |bytes: &Vec<u8>| tile_log::SignedCheckpoint::open(bytes, log.head().origin(), key.verifier()).unwrap().tree();
    log.storage().seen.iter().map(open).collect()
}

#[test]
fn after_a_failed_write_of_the_head_the_log_signs_nothing_until_it_is_opened_again() {
    let key = log_key();
    let (mut memory, mut seen) = (MemoryTiles::new(), Vec::new());
    // The first head takes two steps; the second is seen (bundle, tile, head), and the write fails then.
    let storage = Failing { memory: &mut memory, steps_left: 5, seen: &mut seen };
    let mut log = Log::create(storage, key.verifier().name().clone(), copy(&key)).unwrap();
    assert!(matches!(log.append(&["seen"]), Err(LogError::Storage(_))));
    assert_eq!(log.append(&["another in its place"]), Err(LogError::StateUnknown));
    drop(log);
    let storage = Failing { memory: &mut memory, steps_left: PLENTY, seen: &mut seen };
    let mut log = Log::open(storage, key.verifier().name(), copy(&key)).unwrap();
    assert_eq!(log.append(&["next"]), Ok(1), "what was seen stayed");
}

fn begin(dir: &std::path::Path) -> (NoteSigner, Log<LockedDirectory>) {
    let key = log_key();
    let storage = TileDirectory::new(dir).lock().unwrap();
    let mut log = Log::create(storage, key.verifier().name().clone(), copy(&key)).unwrap();
    log.append(&entries(0..3)).unwrap();
    (key, log)
}

#[test]
fn a_head_that_was_on_disk_and_not_yet_seen_is_seen_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let (key, mut log) = begin(dir.path());
    let before = log.head().to_bytes();
    log.append(&entries(3..5)).unwrap();
    drop(log);
    // As a crash between the two renames leaves it.
    fs::rename(dir.path().join("head"), dir.path().join("head.next")).unwrap();
    fs::write(dir.path().join("head"), before).unwrap();
    let log = Log::open(TileDirectory::new(dir.path()).lock().unwrap(), key.verifier().name(), copy(&key)).unwrap();
    assert_eq!(log.head().tree().size, 5);
    assert_eq!(log.tree().entry(4), Ok(entry(4)));
}

#[test]
fn half_a_head_and_tiles_of_an_append_that_never_ended_are_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let (key, log) = begin(dir.path());
    drop(log);
    fs::write(dir.path().join("head.next.tmp"), "trust.exam").unwrap();
    fs::write(dir.path().join("tile/0/000.p/4"), [0; 128]).unwrap();
    fs::write(dir.path().join("tile/entries/000.p/4.tmp"), "half").unwrap();
    let mut log =
        Log::open(TileDirectory::new(dir.path()).lock().unwrap(), &key.verifier().name().clone(), key).unwrap();
    assert_eq!(log.head().tree().size, 3);
    assert_eq!(log.append(&entries(3..4)), Ok(3));
    assert_eq!(log.tree().root(), Ok(log.head().tree().root));
}

#[test]
fn one_process_writes_at_a_time_and_anybody_reads() {
    let dir = tempfile::tempdir().unwrap();
    let (_, log) = begin(dir.path());
    assert!(matches!(TileDirectory::new(dir.path()).lock(), Err(StorageError::InUse(_))));
    let read = TileDirectory::new(dir.path()).checkpoint(Slot::Head).unwrap();
    assert_eq!(read, Some(log.head().to_bytes()));
    assert_eq!(TileDirectory::new(dir.path()).checkpoint(Slot::Checkpoint), Ok(None), "clients are shown nothing yet");
}

#[test]
fn a_log_whose_tiles_are_not_those_of_its_head_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    let (key, log) = begin(dir.path());
    drop(log);
    let open = || Log::open(TileDirectory::new(dir.path()).lock().unwrap(), key.verifier().name(), copy(&key)).err();
    fs::write(dir.path().join("tile/0/000.p/3"), [7; 96]).unwrap();
    assert_eq!(open(), Some(LogError::TilesDiffer(3)));
    fs::remove_file(dir.path().join("tile/0/000.p/3")).unwrap();
    assert!(matches!(open(), Some(LogError::Read(_))));
    fs::remove_file(dir.path().join("head")).unwrap();
    assert_eq!(open(), Some(LogError::NoLog));
}
