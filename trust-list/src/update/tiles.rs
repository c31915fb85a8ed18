//! Tiles of the log, as each mirror has them.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use tile_log::{MemoryTiles, Question, Tile};

use crate::document::{DocumentPath, LogPath, LogProblem};
use crate::publisher::{FetchError, Fetched, Publisher};

/// What was fetched so far, apart for each mirror: one that has wrong tiles spoils no proof while another has the right
/// ones. Lists that stand near one another in the log share tiles.
pub(super) struct Tiles<'r> {
    publisher: &'r dyn Publisher,
    mirrors: Vec<MemoryTiles>,
    asked: BTreeSet<Tile>,
    unreachable: Option<LogProblem>,
}

impl<'r> Tiles<'r> {
    pub(super) fn of(publisher: &'r dyn Publisher) -> Self {
        Self { publisher, mirrors: Vec::new(), asked: BTreeSet::new(), unreachable: None }
    }

    /// Fetches the tiles of all answers, each once and all at the same time.
    pub(super) async fn fetch(&mut self, questions: &[Question], size: u64) {
        // A place beyond the tree has no tiles; it is refused where the proof is made.
        let wanted = questions.iter().filter_map(|question| question.tiles(size).ok()).flatten();
        let wanted: BTreeSet<Tile> = wanted.filter(|tile| !self.asked.contains(tile)).collect();
        let offers = join_all(wanted.iter().map(|tile| self.offers(*tile))).await;
        for (tile, offers) in offers.into_iter().flatten() {
            for (place, offer) in offers.into_iter().enumerate() {
                self.take(tile, place, offer);
            }
        }
        self.asked.extend(wanted);
    }

    /// What each mirror has of a tile. tlog-tiles, Partial Tiles: where a partial tile is gone, the full one is there.
    async fn offers(&self, tile: Tile) -> Vec<(Tile, Vec<Fetched>)> {
        let offers = self.each(tile).await;
        let gone = offers.iter().any(|offer| matches!(offer, Ok(None)));
        let full = match tile.full().filter(|_| gone) {
            Some(full) => Some((full, self.each(full).await)),
            None => None,
        };
        std::iter::once((tile, offers)).chain(full).collect()
    }

    async fn each(&self, tile: Tile) -> Vec<Fetched> {
        let path = DocumentPath::Log(LogPath::Tile(tile)).to_string();
        self.publisher.fetch_each(&path, tile.max_bytes()).await
    }

    fn take(&mut self, tile: Tile, place: usize, offer: Fetched) {
        if self.mirrors.len() <= place {
            self.mirrors.resize_with(place.saturating_add(1), MemoryTiles::new);
        }
        match (offer, self.mirrors.get_mut(place)) {
            (Ok(Some(bytes)), Some(mirror)) => mirror.insert(tile, bytes),
            (Err(error), _) => self.unreachable = Some(error.into()),
            (Ok(_), _) => {}
        }
    }

    /// The answer out of the first mirror's tiles that prove it. Where none do, why not.
    pub(super) fn first<T>(&self, ask: impl Fn(&MemoryTiles) -> Result<T, LogProblem>) -> Result<T, LogProblem> {
        let mut failed = self.unreachable.clone();
        for mirror in &self.mirrors {
            match ask(mirror) {
                Ok(answer) => return Ok(answer),
                // The log signed both views, so it matters not who shows them.
                Err(problem) if problem.is_split_view() => return Err(problem),
                Err(problem) => failed = Some(failed.filter(|_| problem.is_network()).unwrap_or(problem)),
            }
        }
        Err(failed.unwrap_or_else(|| LogProblem::Unreachable("no tile was fetched".to_owned())))
    }
}

impl From<FetchError> for LogProblem {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::TooLarge { .. } => Self::Tiles(error.to_string()),
            other => Self::Unreachable(other.to_string()),
        }
    }
}
