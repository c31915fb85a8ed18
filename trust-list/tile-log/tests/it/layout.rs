//! Tiles lie where tlog-tiles says, with the content it says.

use tile_log::{Hash, NotATile, ReadError, Tile, TileKind, TileReader as _, TreeReader, WrongTile, contract};
use tile_log::{MemoryTiles, TileDirectory};

use crate::support::{entries, entry, log_of};

#[test]
fn a_log_of_70_000_entries_has_the_tiles_of_the_specification() {
    let (log, _) = log_of(70_000);
    let count = |prefix: &str, partial: bool| {
        let of = |tile: &Tile| tile.to_string().starts_with(prefix) && tile.full().is_some() == partial;
        log.storage().tiles().filter(|(tile, _)| of(tile)).count()
    };
    // tlog-tiles, Partial Tiles, the example.
    assert_eq!(count("tile/0/", false), 273);
    assert_eq!(count("tile/1/", false), 1);
    assert_eq!(count("tile/entries/", false), 273);
    for partial in ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"] {
        let tile: Tile = partial.parse().unwrap();
        assert!(log.storage().tile(tile).unwrap().is_some(), "{partial}");
    }
    assert_eq!(["tile/0/", "tile/1/", "tile/2/", "tile/3/"].map(|level| count(level, true)), [1, 1, 1, 0]);
    assert_eq!(log.tree().entry(69_999).unwrap(), entry(69_999));
}

#[test]
fn a_tree_of_256_is_a_full_tile_and_a_partial_one_above() {
    let (log, _) = log_of(256);
    let paths: Vec<String> = log.storage().tiles().map(|(tile, _)| tile.to_string()).collect();
    assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    let above = log.storage().tile("tile/1/000.p/1".parse().unwrap()).unwrap().unwrap();
    assert_eq!(above, log.head().tree().root.as_bytes());
}

#[test]
fn appending_one_by_one_makes_the_same_tree_as_all_at_once() {
    let (mut one_by_one, _) = log_of(0);
    for index in 0..600 {
        assert_eq!(one_by_one.append(&[entry(index)]), Ok(index));
    }
    let (at_once, _) = log_of(600);
    assert_eq!(one_by_one.head().tree(), at_once.head().tree());
    for (tile, bytes) in at_once.storage().tiles() {
        assert_eq!(one_by_one.storage().tile(tile).unwrap().as_deref(), Some(bytes), "{tile}");
    }
}

#[test]
fn a_path_has_one_spelling() {
    for path in ["tile/0/000", "tile/63/x001/x234/067", "tile/entries/x018/446.p/255", "tile/0/x001/000.p/1"] {
        assert_eq!(path.parse::<Tile>().unwrap().to_string(), path);
    }
    for path in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/+00",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/8/0/000",
        "tile/data/000",
        "tile/entries/000.p",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/\u{661}00",
    ] {
        assert_eq!(path.parse::<Tile>(), Err(NotATile), "{path}");
    }
}

#[test]
fn a_tile_that_is_cut_stretched_or_missing_is_named() {
    let (log, _) = log_of(300);
    let tile: Tile = "tile/0/001.p/44".parse().unwrap();
    let whole = log.storage().tile(tile).unwrap().unwrap();
    for bytes in [&whole[..whole.len() - 1], &whole[..whole.len() - 32], &[&whole[..], &[0; 32]].concat(), &[]] {
        let mut damaged = log.storage().clone();
        damaged.insert(tile, bytes.to_vec());
        let root = TreeReader::new(&damaged, 300).root();
        assert_eq!(root, Err(ReadError::Wrong(WrongTile::Length { tile })), "{} bytes", bytes.len());
    }
    assert_eq!(TreeReader::new(&MemoryTiles::new(), 300).root(), Err(ReadError::Missing(tile)));
    assert_eq!(log.tree().inclusion(300), Err(ReadError::BeyondTree { place: 300, size: 300 }));
    assert_eq!(log.tree().consistency_from(301), Err(ReadError::BeyondTree { place: 301, size: 300 }));
}

#[test]
fn a_bundle_has_exactly_its_entries() {
    let (log, _) = log_of(3);
    let tile: Tile = "tile/entries/000.p/3".parse().unwrap();
    let whole = log.storage().tile(tile).unwrap().unwrap();
    assert_eq!(whole[..9], *b"\x00\x07entry 0");
    assert_eq!(tile.read_entries(&whole), Ok(entries(0..3)));
    let wrong = Err(WrongTile::Bundle { tile });
    for cut in 0..whole.len() {
        assert_eq!(tile.read_entries(&whole[..cut]), wrong, "cut to {cut}");
    }
    assert_eq!(tile.read_entries(&[&whole[..], b"\x00\x00"].concat()), wrong);
}

#[test]
fn a_reader_takes_the_full_tile_where_the_partial_one_is_gone() {
    let (log, _) = log_of(256);
    let mut pruned = MemoryTiles::new();
    for (tile, bytes) in log.storage().tiles().filter(|(tile, _)| tile.full().is_none()) {
        pruned.insert(tile, bytes.to_vec());
    }
    let (smaller, _) = log_of(200);
    assert_eq!(TreeReader::new(&pruned, 200).root(), Ok(smaller.head().tree().root));
    assert_eq!(TreeReader::new(&pruned, 200).entry(199), Ok(entry(199)));
}

#[test]
fn the_places_of_a_level_end_where_its_hashes_do() {
    let level = TileKind::Hashes { level: 0 };
    assert_eq!(Tile::at(level, 0, 0), None);
    assert_eq!(Tile::at(level, 1, 256), None);
    assert_eq!(Tile::at(level, 1, 257).map(Tile::width), Some(1));
    assert_eq!(Tile::at(level, u64::MAX, u64::MAX), None);
    assert_eq!(Tile::of_entry(5, 5), None);
    assert_eq!(Tile::at(level, 0, 256).map(Tile::max_bytes), Some(256 * Hash::LEN));
}

#[test]
fn memory_keeps_the_contract() {
    let shared = std::sync::Arc::new(std::sync::Mutex::new(MemoryTiles::new()));
    contract::suite(|| Shared(shared.clone()));
}

#[test]
fn a_directory_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    contract::suite(|| TileDirectory::new(dir.path().join("log")).lock().unwrap());
}

/// Memory that several can hold, as several processes hold a directory.
struct Shared(std::sync::Arc<std::sync::Mutex<MemoryTiles>>);

impl tile_log::TileReader for Shared {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, tile_log::StorageError> {
        self.0.lock().unwrap().tile(tile)
    }

    fn checkpoint(&self, slot: tile_log::Slot) -> Result<Option<Vec<u8>>, tile_log::StorageError> {
        self.0.lock().unwrap().checkpoint(slot)
    }
}

impl tile_log::TileWriter for Shared {
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), tile_log::StorageError> {
        self.0.lock().unwrap().write_tiles(tiles)
    }

    fn replace_checkpoint(
        &mut self,
        slot: tile_log::Slot,
        old: Option<&[u8]>,
        new: &[u8],
    ) -> Result<(), tile_log::StorageError> {
        self.0.lock().unwrap().replace_checkpoint(slot, old, new)
    }
}
