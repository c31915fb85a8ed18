//! What every storage of a log must do, as a suite that its tests call.

use crate::key::{KeyKind, NoteSigner};
use crate::log::{Log, LogError};
use crate::storage::{Slot, StorageError, TileWriter};
use crate::tile::{Tile, TileKind};

/// Runs the suite. `open` opens the same storage each time, empty at first, as a process does that starts.
///
/// Panics where the storage breaks a promise.
pub fn suite<W: TileWriter>(mut open: impl FnMut() -> W) {
    a_storage_begins_empty(&open());
    tiles_are_kept_and_overwritten(&mut open);
    a_checkpoint_is_replaced_by_who_knows_it(&mut open);
    a_log_is_found_again(&mut open);
}

fn tile(index: u64) -> Tile {
    let tile = Tile::at(TileKind::Hashes { level: 0 }, index, (index + 1) * 256);
    tile.unwrap_or_else(|| unreachable!("a tile with 256 hashes is not empty"))
}

fn a_storage_begins_empty(storage: &impl TileWriter) {
    assert_eq!(storage.tile(tile(0)), Ok(None), "a tile that nobody wrote");
    assert_eq!(storage.checkpoint(Slot::Head), Ok(None), "a head that nobody wrote");
    assert_eq!(storage.checkpoint(Slot::Checkpoint), Ok(None), "a checkpoint that nobody wrote");
}

fn tiles_are_kept_and_overwritten<W: TileWriter>(open: &mut impl FnMut() -> W) {
    let deep = tile(1_234_067);
    assert_eq!(open().write_tiles(&[(tile(7), b"a".to_vec()), (deep, b"b".to_vec())]), Ok(()));
    assert_eq!(open().write_tiles(&[(tile(7), b"c".to_vec())]), Ok(()));
    assert_eq!(open().tile(tile(7)), Ok(Some(b"c".to_vec())), "the last write counts");
    assert_eq!(open().tile(deep), Ok(Some(b"b".to_vec())), "other tiles stay");
    assert_eq!(open().tile(tile(8)), Ok(None), "no other tile appears");
}

fn a_checkpoint_is_replaced_by_who_knows_it<W: TileWriter>(open: &mut impl FnMut() -> W) {
    let slot = Slot::Checkpoint;
    assert_eq!(open().replace_checkpoint(slot, Some(b"x"), b"1"), Err(StorageError::Changed(slot)));
    assert_eq!(open().replace_checkpoint(slot, None, b"1"), Ok(()));
    assert_eq!(open().replace_checkpoint(slot, None, b"2"), Err(StorageError::Changed(slot)));
    assert_eq!(open().replace_checkpoint(slot, Some(b"1"), b"2"), Ok(()));
    assert_eq!(open().checkpoint(slot), Ok(Some(b"2".to_vec())));
    assert_eq!(open().checkpoint(Slot::Head), Ok(None), "the two checkpoints are apart");
}

fn a_log_is_found_again<W: TileWriter>(open: &mut impl FnMut() -> W) {
    let key = NoteSigner::generate("log.example/contract".parse().unwrap_or_else(stop), KeyKind::Log);
    let key = key.unwrap_or_else(stop);
    let text = key.to_private_text().unwrap_or_else(stop);
    let again = || NoteSigner::from_private_text(&text).unwrap_or_else(stop);
    let origin = key.verifier().name().clone();
    drop(Log::create(open(), origin.clone(), key).unwrap_or_else(stop));
    assert_eq!(Log::create(open(), origin.clone(), again()).err(), Some(LogError::Exists));
    for round in 0..3_u64 {
        let mut log = Log::open(open(), &origin, again()).unwrap_or_else(stop);
        assert_eq!(log.head().tree().size, round * 200, "what was acknowledged is there");
        let entries: Vec<String> = (0..200).map(|entry| format!("{round}-{entry}")).collect();
        assert_eq!(log.append(&entries), Ok(round * 200));
        assert_eq!(log.tree().root(), Ok(log.head().tree().root), "the tiles make the root");
    }
}

fn stop<T>(error: impl std::fmt::Debug) -> T {
    unreachable!("{error:?}")
}
