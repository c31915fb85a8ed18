//! From the publisher's folder to the public place: `--staging`, `--to`, `--notify`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use strict_jose::UnixTime;

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::place::tree::Tree;
use crate::place::{Place, Sent};
use crate::{notify, snapshot};

/// Where documents go, and who is told.
#[derive(clap::Args)]
pub(crate) struct Targets {
    /// Bring the documents there: a folder, s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX. Credentials
    /// come from the environment (AWS_..., GOOGLE_..., AZURE_...).
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// Bring them there first, and read them back as a client would before anything else happens.
    #[arg(long, value_name = "PLACE")]
    staging: Option<String>,
    /// Then tell this hub to look: http://HOST:PORT/trust/refresh on its management address. Repeat for each.
    #[arg(long = "notify", value_name = "URL")]
    hubs: Vec<String>,
}

/// The exit code when everything is published and a hub could not be told.
const NOT_TOLD: u8 = 8;

/// What became of it.
#[derive(Default)]
pub(crate) struct Delivery {
    staged: Option<Sent>,
    sent: Option<Sent>,
    told: Vec<(String, Result<(), String>)>,
}

impl Targets {
    /// Whether there is anywhere to go.
    pub(crate) fn is_empty(&self) -> bool {
        self.to.is_none() && self.staging.is_none() && self.hubs.is_empty()
    }

    /// Brings the documents in `dir` where they are to go. Nothing leaves that a client would refuse.
    pub(crate) fn deliver(&self, dir: &Path, now: UnixTime) -> Result<Delivery, CliError> {
        let mut delivery = Delivery::default();
        if self.to.is_some() || self.staging.is_some() {
            let mut tree = Tree::of(&Place::open(&dir.to_string_lossy())?)?;
            verify(&tree, now)?;
            if let Some(staging) = &self.staging {
                let staging = Place::open(staging)?;
                delivery.staged = Some(staging.send(&tree)?);
                tree = Tree::of(&staging)?;
                verify(&tree, now)?;
            }
            if let Some(to) = &self.to {
                delivery.sent = Some(Place::open(to)?.send(&tree)?);
            }
        }
        delivery.told = self.hubs.iter().map(|hub| (hub.clone(), notify::tell(hub))).collect();
        Ok(delivery)
    }
}

fn verify(tree: &Tree, now: UnixTime) -> Result<(), CliError> {
    let documents = tree.documents();
    snapshot::verify_documents(&documents, now)?;
    snapshot::require_whole(&documents)
}

impl Delivery {
    pub(crate) fn sent(sent: Sent) -> Self {
        Self { sent: Some(sent), ..Self::default() }
    }

    pub(crate) fn tell(mut self, hubs: &[String]) -> Self {
        self.told = hubs.iter().map(|hub| (hub.clone(), notify::tell(hub))).collect();
        self
    }

    /// The same outcome with what was delivered; a hub that could not be told shows in the exit code.
    pub(crate) fn add_to(&self, mut outcome: Outcome) -> Outcome {
        for (word, sent) in [("staging", self.staged), ("sent", self.sent)] {
            if let Some(Sent { new, unchanged }) = sent {
                let _ = writeln!(outcome.text, "{word:8} {new} files, {unchanged} were there");
                outcome = outcome.with(word, json!({ "new": new, "unchanged": unchanged }));
            }
        }
        for (hub, told) in &self.told {
            let answer = told.as_ref().map_or_else(|why| format!("NOT TOLD: {why}"), |()| "told".to_owned());
            let _ = writeln!(outcome.text, "hub      {hub}  {answer}");
        }
        let told = |(hub, told): &(String, Result<(), String>)| json!({ "hub": hub, "error": told.as_ref().err() });
        if !self.told.is_empty() {
            outcome = outcome.with("hubs", Value::Array(self.told.iter().map(told).collect()));
        }
        if self.told.iter().any(|(_, told)| told.is_err()) { outcome.with_code(NOT_TOLD) } else { outcome }
    }
}
