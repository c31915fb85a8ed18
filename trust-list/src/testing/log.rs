//! The log of a test region, and its witnesses.

use std::collections::{BTreeMap, BTreeSet};

use strict_jose::UnixTime;
use tile_log::{Hash, KeyKind, Log, LogError, NoteSigner, Slot, TileReader as _, TreeHead, VerifierKey, witness};

use super::{QUORUM, TestRegion, TestRegionError};
use crate::CountryCode;
use crate::document::{LogDescription, LogWitness};

/// The log's key and one witness a member.
pub(super) struct TestLog {
    key: NoteSigner,
    witnesses: BTreeMap<CountryCode, NoteSigner>,
    /// Those that cosign.
    awake: BTreeSet<CountryCode>,
}

/// The name of the log.
const ORIGIN: &str = "trust.region.example/log";

impl TestRegion {
    /// Publishes the next root, which demands a log with a witness of each regulator's country; two of two countries
    /// must cosign. From now on everything that is published is entered, cosigned by all and shown.
    pub fn with_log(&mut self) -> Result<&mut Self, TestRegionError> {
        let key = NoteSigner::generate(ORIGIN.parse()?, KeyKind::Log)?;
        let mut witnesses = BTreeMap::new();
        for country in self.regulators.keys() {
            let name = format!("witness.{}.example", country.to_lower()).parse()?;
            witnesses.insert(*country, NoteSigner::generate(name, KeyKind::Witness)?);
        }
        let log = TestLog { key, awake: witnesses.keys().copied().collect(), witnesses };
        let description = log.description();
        self.log = Some(log);
        self.edit_root(|root| root.log(Some(description)))
    }

    /// Lets only the witnesses of these countries cosign from now on. Without a quorum clients are still shown the
    /// head: that is the attack.
    pub fn only_witnesses_of(&mut self, countries: &[CountryCode]) -> &mut Self {
        if let Some(log) = &mut self.log {
            log.awake = countries.iter().copied().collect();
        }
        self
    }

    /// What the root says of the log as it is now.
    pub fn log_description(&self) -> Option<LogDescription> {
        self.log.as_ref().map(TestLog::description)
    }

    /// The log as it is published, to be written to with its own key, as an operator who cheats would.
    pub fn open_log(&mut self) -> Result<Log<&mut crate::publish::Published>, TestRegionError> {
        let log = self.log.as_ref().ok_or(LogError::NoLog)?;
        Ok(Log::open(&mut self.documents, log.key.verifier().name(), log.copy_of_key()?)?)
    }

    /// Cosigns the head and shows it to clients, with the witnesses as they are now.
    pub fn cosign_and_show(&mut self) -> Result<&mut Self, TestRegionError> {
        let now = self.now;
        let Some(region_log) = &self.log else { return Ok(self) };
        let mut log = Log::open(&mut self.documents, region_log.key.verifier().name(), region_log.copy_of_key()?)?;
        let known: Vec<VerifierKey> = region_log.witnesses.values().map(|key| key.verifier().clone()).collect();
        for (_, key) in region_log.witnesses.iter().filter(|(country, _)| region_log.awake.contains(country)) {
            let line = cosign(key, &log, now)?;
            log.add_cosignatures(&line, &known)?;
        }
        log.publish_head()?;
        Ok(self)
    }

    /// Enters what is new, and shows it.
    pub(super) fn log_documents(&mut self) -> Result<(), TestRegionError> {
        let Some(region_log) = &self.log else { return Ok(()) };
        let origin = region_log.key.verifier().name();
        if self.documents.checkpoint(Slot::Head).map_err(LogError::from)?.is_none() {
            Log::create(&mut self.documents, origin.clone(), region_log.copy_of_key()?)?;
        }
        let documents = self.documents.clone();
        let mut log = Log::open(&mut self.documents, origin, region_log.copy_of_key()?)?;
        if documents.append_to(&mut log)?.is_empty() {
            return Ok(());
        }
        self.cosign_and_show().map(drop)
    }
}

/// These witnesses remember nothing, so they cosign whatever they are shown.
fn cosign<W: tile_log::TileWriter>(key: &NoteSigner, log: &Log<W>, now: UnixTime) -> Result<String, TestRegionError> {
    let nothing = TreeHead { size: 0, root: Hash::empty() };
    Ok(witness::cosign(key, nothing, log.head(), log.storage(), now.seconds().unsigned_abs())?)
}

impl TestLog {
    fn description(&self) -> LogDescription {
        let witness = |(country, key): (&CountryCode, &NoteSigner)| LogWitness {
            country: *country,
            name: format!("Witness of {country}"),
            key: key.verifier().to_string(),
        };
        LogDescription {
            origin: ORIGIN.to_owned(),
            key: self.key.verifier().to_string(),
            witnesses: self.witnesses.iter().map(witness).collect(),
            quorum: QUORUM,
        }
    }

    fn copy_of_key(&self) -> Result<NoteSigner, TestRegionError> {
        Ok(NoteSigner::from_private_text(&self.key.to_private_text()?)?)
    }
}
