//! `trustctl rotate`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};
use strict_jose::{Thumbprint, UnixTime};
use trust_list::publish::rotation::{Pace, Rotation, RotationError, Stage};
use trust_list::publish::{Proposal, Published};

use crate::error::CliError;
use crate::names::published;
use crate::outcome::Outcome;
use crate::{files, propose};

/// The key of a regulator, of the publisher, or of a signer of a national list; which one it is, the documents say.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show how far a rotation is, and when its next step may be made.
    Plan(Keys),
    /// Propose the document that names the new key beside the old one.
    Announce(Step),
    /// Propose the document with which the new key takes over.
    Activate(Activation),
    /// Propose the document without the old key.
    Retire(Step),
}

#[derive(clap::Args)]
pub(crate) struct Keys {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The key that leaves.
    #[arg(long, value_name = "THUMBPRINT|FILE", allow_hyphen_values = true)]
    old: String,
    /// The public key that takes its place.
    #[arg(long, value_name = "FILE")]
    new: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Step {
    #[command(flatten)]
    keys: Keys,
    /// Where the proposal goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Activation {
    #[command(flatten)]
    step: Step,
    /// The old key is stolen or lost: do not wait, and take it out in the same document.
    #[arg(long)]
    emergency: bool,
}

pub(crate) fn run(command: &Command, now: UnixTime) -> Result<Outcome, CliError> {
    match command {
        Command::Plan(keys) => keys.with(|rotation| Ok(plan(rotation))),
        Command::Announce(step) => step.propose(|rotation| rotation.announce(now)),
        Command::Activate(Activation { step, emergency }) => {
            let pace = if *emergency { Pace::Emergency } else { Pace::Planned };
            step.propose(|rotation| rotation.activate(pace, now))
        }
        Command::Retire(step) => step.propose(|rotation| rotation.retire(now)),
    }
}

impl Keys {
    fn with<T>(&self, ask: impl FnOnce(&Rotation<'_>) -> Result<T, RotationError>) -> Result<T, CliError> {
        let documents: Published = published(&self.dir)?;
        let old = match Thumbprint::parse(&self.old) {
            Ok(thumbprint) => thumbprint,
            Err(_) => files::read_public_key(Path::new(&self.old))?.thumbprint().clone(),
        };
        let rotation = Rotation::of(&documents, &old, &files::read_public_key(&self.new)?)?;
        Ok(ask(&rotation)?)
    }
}

impl Step {
    fn propose(
        &self,
        make: impl FnOnce(&Rotation<'_>) -> Result<Proposal, RotationError>,
    ) -> Result<Outcome, CliError> {
        let proposal = self.keys.with(make)?;
        propose::write(&proposal, &self.out)
    }
}

fn plan(rotation: &Rotation<'_>) -> Outcome {
    let (stage, next, since) = match rotation.stage() {
        Stage::New => ("not announced", "announce", None),
        Stage::Announced { since } => ("announced", "activate", Some(since)),
        Stage::Active { since } => ("active", "retire", Some(since)),
    };
    let since = since.map(UnixTime::to_rfc3339);
    let earliest = rotation.earliest().map(UnixTime::to_rfc3339);
    let text = format!(
        "key    {}\nstage  {stage}{}\nnext   trustctl rotate {next}, {}\nlead   {} hours between announcement and use",
        rotation.whose(),
        since.as_deref().map(|since| format!(" since {since}")).unwrap_or_default(),
        earliest.as_deref().map_or_else(|| "at any time".to_owned(), |earliest| format!("not before {earliest}")),
        rotation.lead() / 3_600,
    );
    let value: Value =
        json!({ "whose": rotation.whose(), "stage": stage, "since": since, "next": next, "earliest": earliest });
    Outcome::done(text, value)
}

impl From<RotationError> for CliError {
    fn from(error: RotationError) -> Self {
        match error {
            RotationError::Publish(error) => error.into(),
            RotationError::NoSuchKey(_) | RotationError::SameKey => Self::Usage(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}
