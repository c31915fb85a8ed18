//! What a change is, as a value: the words for it are in `texts`.

use serde::Serialize;
use serde_json::Value;

use crate::document::Role;
use crate::{Level, Quorum, Recognition};

/// One change that a proposal makes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Where: a JSON pointer into the newer document, or into the older one if it is gone from there.
    pub at: String,
    /// Why somebody should look twice, if so.
    pub danger: Option<Danger>,
    /// What changes.
    #[serde(flatten)]
    pub fact: Fact,
}

/// A change that nobody has words for: the bare values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Raw {
    /// Where, as in [`Change::at`].
    pub at: String,
    /// The value so far.
    pub before: Option<Value>,
    /// The value from now on.
    pub after: Option<Value>,
}

/// Why a change is dangerous: it lets somebody do more than before, or makes it easier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Danger {
    /// Fewer signatures, or fewer countries, are enough.
    QuorumLowered,
    /// A key may sign or vouch that could not before.
    KeyAdded,
    /// A higher level is accepted.
    LevelRaised,
    /// A lower level is enough.
    MinimumLowered,
    /// More hosts, addresses or names are allowed.
    Widened,
    /// Something suspended or withdrawn is trusted again.
    Reinstated,
    /// A document, or a recognition, holds for longer.
    Prolonged,
    /// A setting decides what the hub accepts from this provider.
    Setting,
}

/// What is spoken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The document itself.
    Document,
    /// A key of the root, by thumbprint and holder.
    Key(String, String),
    /// A member.
    Member(String),
    /// An entry of a national list.
    Entry(String),
    /// A purpose that a client registered: the entry and the purpose.
    Purpose(String, String),
}

/// A value that has a name but no sentence of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the English table says what each is")]
pub enum Label {
    Number,
    Issued,
    ValidUntil,
    Region,
    Distribution,
    StatusLife,
    Log,
    Country,
    Holder,
    Roles,
    Name,
    OperatorName,
    LegalName,
    Location,
    SignersNeeded,
    StatusSince,
    History,
    ServiceType,
    Registration,
    PostalAddress,
    ElectronicAddress,
    Information,
    Host,
    Identifier,
    Adapter,
    MaxLevel,
    MinLevel,
    Claim,
    Sector,
    SecurityProfile,
    RedirectUri,
    Grant,
    Scope,
    LegalBasis,
    Purpose,
    PurposeText,
    Exchange,
}

/// What changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are what the sentence beside them names")]
pub enum Fact {
    /// How many must sign for a role.
    Quorum { role: Role, before: Option<Quorum>, after: Option<Quorum> },
    /// A key enters the root.
    RootKeyAdded { key: String, holder: String, country: String, roles: String },
    /// A key leaves the root.
    RootKeyRemoved { key: String, holder: String, country: String, roles: String },
    /// A country becomes a member.
    MemberAdmitted { country: String, name: String },
    /// A country is no longer named at all.
    MemberRemoved { country: String, name: String },
    /// A key may sign a member's list.
    SignerAdded { country: String, key: String, holder: String },
    /// A key may no longer sign a member's list.
    SignerRemoved { country: String, key: String, holder: String },
    /// The status of a member or an entry.
    Status { of: Subject, before: Option<String>, after: Option<String> },
    /// The first rule about a member's hosts appears, or the last one goes: without rules any host is permitted.
    AnyHost { country: String, permitted: bool },
    /// One country accepts the citizens of another.
    RecognitionAdded { row: Recognition },
    /// A row goes without a trace; its dated end would keep the history.
    RecognitionRemoved { row: Recognition },
    /// A row has another level.
    RecognitionLevel { row: Recognition, before: Level, after: Level },
    /// A row has another end.
    RecognitionUntil { row: Recognition, before: Option<String>, after: Option<String> },
    /// A row has another legal basis.
    RecognitionBasis { row: Recognition, before: String, after: String },
    /// Suspension orders are lifted.
    Reinstated { target: String, orders_before: String },
    /// A lifting is taken back.
    ReinstatementRemoved { target: String, orders_before: String },
    /// An entry is new.
    EntryAdded { id: String, kind: String, name: String },
    /// An entry goes without a trace; its withdrawal would keep the history.
    EntryRemoved { id: String, kind: String, name: String },
    /// A key of an entry is new.
    EntryKeyAdded { id: String, key: String },
    /// A key of an entry goes.
    EntryKeyRemoved { id: String, key: String },
    /// A setting of the adapter.
    Setting { id: String, name: String, before: Option<String>, after: Option<String> },
    /// A named value.
    Set { of: Subject, label: Label, before: Option<String>, after: Option<String> },
    /// No words for it.
    Raw { before: Option<Value>, after: Option<Value> },
}

impl From<Raw> for Change {
    fn from(raw: Raw) -> Self {
        let Raw { at, before, after } = raw;
        Self { at, danger: None, fact: Fact::Raw { before, after } }
    }
}

/// Changes while they are found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) changes: Vec<Change>,
    pub(super) raw: Vec<Raw>,
}

impl Found {
    pub(super) fn push(&mut self, at: &str, danger: Option<Danger>, fact: Fact) {
        self.changes.push(Change { at: at.to_owned(), danger, fact });
    }

    /// A named value, if it changed.
    pub(super) fn set(&mut self, pair: &super::pair::Pair<'_>, of: &Subject, label: Label, danger: Option<Danger>) {
        if let Some((before, after)) = pair.words() {
            self.push(&pair.at, danger, Fact::Set { of: of.clone(), label, before, after });
        }
    }

    /// The changes, those without words last.
    pub(super) fn finish(self) -> Vec<Change> {
        let mut changes = self.changes;
        changes.extend(self.raw.into_iter().map(Change::from));
        changes
    }
}
