//! A witness: cosigns a checkpoint that continues the one it cosigned before (C2SP tlog-witness), and no other.

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::key::NoteSigner;
use crate::proof::TreeHead;
use crate::storage::TileReader;
use crate::tree_reader::{GrowthError, TreeReader};

/// Cosigns `offered` at `time`, if the `tiles` show that it continues `last`, the tree that this witness cosigned last.
///
/// The caller writes the new tree to disk *before* the line leaves, and lets nobody else cosign between reading the
/// last one and that.
pub fn cosign(
    key: &NoteSigner,
    last: TreeHead,
    offered: &SignedCheckpoint,
    tiles: &dyn TileReader,
    time: u64,
) -> Result<String, WitnessError> {
    let new = offered.tree();
    TreeReader::new(tiles, new.size).verify_growth(last, new).map_err(|error| match error {
        GrowthError::Shorter => WitnessError::Shorter { offered: new, last },
        GrowthError::OtherTree => WitnessError::SplitView { offered: new, last },
        GrowthError::WrongTiles(_) | GrowthError::Read(_) => WitnessError::NotProven(error),
    })?;
    Ok(offered.cosign(key, time)?)
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// It has fewer entries than one that was cosigned.
    #[error(
        "the log has {} entries, and had {} when this witness cosigned it last: it was cut, or an old copy is shown; \
         ask its operator, and cosign nothing until it is explained",
        offered.size, last.size
    )]
    Shorter {
        /// What is offered.
        offered: TreeHead,
        /// What was cosigned last.
        last: TreeHead,
    },
    /// It does not continue what was cosigned.
    #[error(
        "split view: the log with {} entries and root {} does not continue the one with {} entries and root {} that \
         this witness cosigned; keep both, tell the other member states, and cosign nothing",
        offered.size, offered.root, last.size, last.root
    )]
    SplitView {
        /// What is offered.
        offered: TreeHead,
        /// What was cosigned last.
        last: TreeHead,
    },
    /// The tiles prove nothing.
    #[error("the tiles do not show that the log continues what this witness cosigned ({0}); fetch them again")]
    NotProven(#[source] GrowthError),
    /// The checkpoint or the key will not do.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
