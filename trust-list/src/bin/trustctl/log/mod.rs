//! `trustctl log`: the transparency log of the lists, and the member states' side of it.

mod checkpoint;
mod init;
mod keygen;
mod verify;
mod witness;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use strict_jose::UnixTime;
use tile_log::{KeyName, LockedDirectory, Log, NoteSigner, TileDirectory, VerifierKey};
use trust_list::document::LoggedDocument;
use trust_list::publish::{Proposal, Published, Witnesses};

use crate::error::CliError;
use crate::files;
use crate::names::published;
use crate::outcome::Outcome;

/// To add a command: 1. its file with `Args` and `run`, 2. a variant here, 3. its line in [`run`].
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make the key of a log, or of a witness.
    Keygen(keygen::Args),
    /// Begin the log in the published documents.
    Init(init::Args),
    /// Enter every root and list that the log lacks; `trustctl publish --log-key` does the same.
    Append(init::AppendArgs),
    /// Show what the log signed, what clients are shown, and who cosigned.
    Checkpoint(Looked),
    /// A member state: verify that the log only grew since you looked last, and cosign it.
    Witness(witness::Args),
    /// Add the witnesses' cosignatures; with enough of them clients are shown the new checkpoint.
    AddCosignature(checkpoint::AddArgs),
    /// Verify the whole log against the published documents, as an auditor does.
    Verify(Looked),
}

pub(crate) fn run(command: &Command, now: UnixTime) -> Result<Outcome, CliError> {
    match command {
        Command::Keygen(args) => keygen::run(args),
        Command::Init(args) => init::run(args),
        Command::Append(args) => init::append(args),
        Command::Checkpoint(args) => checkpoint::run(args),
        Command::Witness(args) => witness::run(args, now),
        Command::AddCosignature(args) => checkpoint::add(args),
        Command::Verify(args) => verify::run(args),
    }
}

/// The log that is looked at.
#[derive(clap::Args)]
pub(crate) struct Looked {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The proposal of the root that will name the log, while the newest root does not.
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
}

impl Looked {
    fn read(&self) -> Result<(Published, Witnesses), CliError> {
        let documents = published(&self.dir)?;
        let witnesses = witnesses(&documents, self.root.as_deref())?;
        Ok((documents, witnesses))
    }
}

/// Enters what the log lacks and signs its head.
pub(crate) fn append_new(dir: &Path, key: &Path) -> Result<Vec<LoggedDocument>, CliError> {
    let _alone = files::lock(dir)?;
    let documents = published(dir)?;
    Ok(documents.append_to(&mut open(dir, key)?)?)
}

/// The log, to be written. Its name is that of its key.
fn open(dir: &Path, key: &Path) -> Result<Log<LockedDirectory>, CliError> {
    let key = read_private_key(key)?;
    let origin = key.verifier().name().clone();
    Log::open(storage(dir)?, &origin, key).map_err(refused)
}

fn storage(dir: &Path) -> Result<LockedDirectory, CliError> {
    tiles(dir).lock().map_err(|error| CliError::Io(error.to_string()))
}

fn tiles(dir: &Path) -> TileDirectory {
    TileDirectory::new(dir.join("log"))
}

fn read_private_key(path: &Path) -> Result<NoteSigner, CliError> {
    files::owner_only(path, "others can read this private key; chmod 600 it, and make a new one if somebody may have")?;
    NoteSigner::from_private_text(&read_text(path)?).map_err(|error| CliError::content(path, error))
}

/// A public key in a file.
pub(crate) fn read_key(path: &Path) -> Result<VerifierKey, CliError> {
    read_text(path)?.trim_end().parse().map_err(|error| CliError::content(path, error))
}

fn read_text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(files::read(path)?).map_err(|error| CliError::content(path, error))
}

/// The witnesses that a root names: that of the file, else the newest that is published.
fn witnesses(documents: &Published, root: Option<&Path>) -> Result<Witnesses, CliError> {
    let root: Proposal = match root {
        Some(path) => files::read_proposal(path)?,
        None => documents.root_document()?,
    };
    Ok(Witnesses::of(&root)?)
}

fn key_name(text: &str) -> Result<KeyName, String> {
    text.parse().map_err(|error| format!("{error}"))
}

fn refused(error: impl std::fmt::Display) -> CliError {
    CliError::Refused(error.to_string())
}
