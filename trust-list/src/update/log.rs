//! Step 5.6: the log has the list, and only grows.

use std::sync::Arc;

use tile_log::{GrowthError, Hash, MAX_NOTE_BYTES, Question, SignedCheckpoint, Slot, TlogProof, TreeHead, TreeReader};

use super::UpdateError;
use super::tiles::Tiles;
use crate::document::{DocumentPath, ListEntry, LogPath, LogProblem, LoggedDocument, TrustedLog};
use crate::high_water::{HighWater, LogMark};
use crate::publisher::Publisher;

/// The log as this run sees it. It is asked only for lists that are new here.
pub(super) struct LogView<'r> {
    log: Option<&'r TrustedLog>,
    publisher: &'r dyn Publisher,
    /// Whether what is read may be older than the marks: a start from disk asks nobody.
    recalled: bool,
    seen: Option<Result<Arc<SignedCheckpoint>, LogProblem>>,
    tiles: Tiles<'r>,
}

/// The proof that a list is in the log, to keep beside it; nothing where the root demands no log.
pub(super) type Proof = Option<Vec<u8>>;

impl<'r> LogView<'r> {
    pub(super) fn new(log: Option<&'r TrustedLog>, publisher: &'r dyn Publisher, recalled: bool) -> Self {
        Self { log, publisher, recalled, seen: None, tiles: Tiles::of(publisher) }
    }

    /// The proofs for `entries`, in their order. The outer error stops the update: somebody shows two views.
    pub(super) async fn prove(
        &mut self,
        entries: &[&ListEntry],
        high_water: &mut HighWater,
    ) -> Result<Vec<Result<Proof, LogProblem>>, UpdateError> {
        let Some(log) = self.log else { return Ok(entries.iter().map(|_| Ok(None)).collect()) };
        let kept: Vec<_> = entries.iter().map(|entry| kept_proof(log, entry, high_water)).collect();
        if kept.iter().all(Option::is_some) || self.recalled {
            return Ok(kept.into_iter().map(|proof| proof.map(Some).ok_or(LogProblem::NoCheckpoint)).collect());
        }
        let checkpoint = match self.checkpoint(log, high_water).await? {
            Ok(checkpoint) => checkpoint,
            Err(problem) => return Ok(kept.into_iter().map(|p| p.map(Some).ok_or_else(|| problem.clone())).collect()),
        };
        let new = entries.iter().zip(&kept).filter(|(_, kept)| kept.is_none()).filter_map(|(entry, _)| entry.log_index);
        let questions: Vec<_> = new.map(Question::Inclusion).collect();
        self.tiles.fetch(&questions, checkpoint.tree().size).await;
        let proofs = entries.iter().zip(kept).map(|(entry, kept)| match kept {
            Some(proof) => Ok(Some(proof)),
            None => self.inclusion(entry, &checkpoint).map(Some),
        });
        Ok(proofs.collect())
    }

    /// The checkpoint, once a run.
    async fn checkpoint(
        &mut self,
        log: &TrustedLog,
        high_water: &mut HighWater,
    ) -> Result<Result<Arc<SignedCheckpoint>, LogProblem>, UpdateError> {
        if self.seen.is_none() {
            let mark = high_water.marks().log(log.origin()).map(LogMark::tree);
            let seen = self.newest(log, mark).await;
            if let Ok(checkpoint) = &seen {
                // The mark is on disk before anything under the checkpoint is used.
                keep(high_water, checkpoint)?;
            }
            self.seen = Some(seen.map(Arc::new));
        }
        match self.seen.clone() {
            Some(Err(problem)) if problem.is_split_view() => Err(UpdateError::Log(problem)),
            Some(seen) => Ok(seen),
            None => Ok(Err(LogProblem::NoCheckpoint)),
        }
    }

    async fn newest(&mut self, log: &TrustedLog, mark: Option<TreeHead>) -> Result<SignedCheckpoint, LogProblem> {
        // 5.6.1 Signed by the log, and cosigned by enough witnesses; the longest that any mirror has.
        let path = DocumentPath::Log(LogPath::Checkpoint(Slot::Checkpoint)).to_string();
        let offers = self.publisher.fetch_each(&path, MAX_NOTE_BYTES).await;
        let checkpoint = longest(offers.into_iter().map(|offer| log.open(&offer?.ok_or(LogProblem::NoCheckpoint)?)))?;
        // 5.6.2 It continues the longest one that was seen here.
        if let Some(seen) = mark {
            self.require_growth(seen, checkpoint.tree()).await?;
        }
        Ok(checkpoint)
    }

    async fn require_growth(&mut self, seen: TreeHead, offered: TreeHead) -> Result<(), LogProblem> {
        if seen == offered {
            return Ok(());
        }
        if offered.size < seen.size {
            return Err(LogProblem::Shorter { offered, seen });
        }
        self.tiles.fetch(&[Question::ConsistencyFrom(seen.size)], offered.size).await;
        self.tiles.first(|tiles| {
            TreeReader::new(tiles, offered.size).verify_growth(seen, offered).map_err(|error| match error {
                GrowthError::Shorter => LogProblem::Shorter { offered, seen },
                GrowthError::OtherTree => LogProblem::SplitView { offered, seen },
                GrowthError::Read(error) => error.into(),
                wrong @ GrowthError::WrongTiles(_) => LogProblem::Tiles(wrong.to_string()),
            })
        })
    }

    /// 5.6.3 Exactly this document, at the place that the status document says.
    fn inclusion(&self, entry: &ListEntry, checkpoint: &SignedCheckpoint) -> Result<Vec<u8>, LogProblem> {
        let index = entry.log_index.ok_or(LogProblem::NoIndex)?;
        let tree = checkpoint.tree();
        let not_logged = LogProblem::NotLogged { index, size: tree.size };
        if index >= tree.size {
            return Err(not_logged);
        }
        let leaf = Hash::leaf(logged(entry).to_line().as_bytes());
        let inclusion = self.tiles.first(|tiles| {
            let inclusion = TreeReader::new(tiles, tree.size).inclusion(index)?;
            inclusion.verify(leaf, tree).map_err(|_| not_logged.clone())?;
            Ok(inclusion)
        })?;
        Ok(TlogProof { inclusion, checkpoint: checkpoint.clone() }.to_string().into_bytes())
    }
}

/// The longest of the good ones; where none is good, why the first one is not. Two of one length are two views.
fn longest(offers: impl Iterator<Item = Result<SignedCheckpoint, LogProblem>>) -> Result<SignedCheckpoint, LogProblem> {
    let mut longest: Result<SignedCheckpoint, LogProblem> = Err(LogProblem::NoCheckpoint);
    for offer in offers {
        match (offer, &longest) {
            (Ok(new), Ok(known)) if new.tree().size == known.tree().size && new.tree().root != known.tree().root => {
                return Err(LogProblem::SplitView { offered: new.tree(), seen: known.tree() });
            }
            (Ok(new), Ok(known)) if new.tree().size <= known.tree().size => {}
            (Ok(new), _) => longest = Ok(new),
            (Err(problem), Err(LogProblem::NoCheckpoint)) => longest = Err(problem),
            (Err(_), _) => {}
        }
    }
    longest
}

/// The proof that is kept beside the list, verified like one that was just fetched. It is of a checkpoint that was
/// found to continue all before it; the log has not lost the list since, or the next checkpoint would show it.
fn kept_proof(log: &TrustedLog, entry: &ListEntry, high_water: &HighWater) -> Option<Vec<u8>> {
    let bytes = high_water.document(DocumentPath::Proof(entry.name, entry.sequence))?;
    let proof = TlogProof::open(&bytes, log.origin(), log.key()).ok()?;
    log.require_witnesses(&proof.checkpoint).ok()?;
    proof.verify(logged(entry).to_line().as_bytes()).ok()?;
    Some(bytes)
}

/// What the log must have of a list. The bytes were compared with the entry before.
fn logged(entry: &ListEntry) -> LoggedDocument {
    let path = DocumentPath::List(entry.name, entry.sequence).to_string();
    LoggedDocument { length: entry.length, path, sha256: entry.sha256.clone() }
}

fn keep(high_water: &mut HighWater, checkpoint: &SignedCheckpoint) -> Result<(), UpdateError> {
    let mut marks = high_water.marks().clone();
    let mark = LogMark::of(checkpoint);
    marks.logs.insert(checkpoint.origin().to_string(), mark);
    Ok(high_water.keep_marks(marks)?)
}
