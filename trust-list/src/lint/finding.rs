//! What a check found.

use serde::Serialize;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Neither a compact JWS, nor a JWS in JSON, nor LoTE JSON.
    NotAList,
    /// Bytes after the end.
    TrailingBytes,
    /// A part that is not JSON, or nested too deep.
    NotJson,
    /// Two members of one name: readers disagree about which counts.
    DuplicateMember,
    /// Nobody signed it.
    Unsigned,
    /// An algorithm outside the allow-list.
    Algorithm,
    /// No signing time.
    SigningTime,
    /// The obsolete signing time, alone or beside the new one.
    ObsoleteSigningTime,
    /// Not exactly one reference to the signing certificate.
    CertificateReference,
    /// The reference is not the digest of the certificate that comes along.
    CertificateDigest,
    /// No certificate comes along.
    CertificateMissing,
    /// A certificate that cannot be read.
    Certificate,
    /// A crit that is empty, double, unknown, or names what is not there.
    CriticalHeader,
    /// The signature is not one of the certificate's key over these bytes.
    Signature,
    /// An authority signed the list itself.
    SignerIsAuthority,
    /// The signer is not the scheme operator.
    SignerOrganisation,
    /// The signer is of another country.
    SignerCountry,
    /// The digest published beside the list is another's.
    SidecarDigest,
    /// A member that must be there is not.
    MemberMissing,
    /// A member that the schema has not.
    MemberUnknown,
    /// A name that only a flaw of the published schema lets pass; readers skip it.
    IdentityMisspelt,
    /// A value of another JSON type.
    WrongType,
    /// An array without elements.
    EmptyArray,
    /// A time in another form.
    TimestampForm,
    /// A version whose rules are unknown.
    Version,
    /// A number below 1.
    Sequence,
    /// Another list than the one asked for.
    LoteType,
    /// A type that this tool has no profile of.
    LoteTypeUnknown,
    /// The operator has no e-mail address.
    OperatorEmail,
    /// The operator has no website.
    OperatorWebsite,
    /// The name does not start with the territory.
    SchemeName,
    /// Not a code of two capital letters.
    Territory,
    /// Policies and notices mixed, or something else.
    PolicyMixed,
    /// No pointer to the list itself, which its profile wants.
    SelfPointerMissing,
    /// A pointer to the list itself, which its profile forbids.
    SelfPointerForbidden,
    /// The end is not after the beginning.
    NextUpdateOrder,
    /// The end is more than six months after the beginning.
    NextUpdateFar,
    /// The list must have been replaced.
    NextUpdatePast,
    /// The list is of a time to come.
    IssuedInFuture,
    /// It was fetched from a place it does not name.
    DistributionPoint,
    /// An organisation without e-mail, website or telephone.
    EntityAddress,
    /// A service of another kind of list.
    ServiceType,
    /// A certificate that is not DER in base64.
    CertificateForm,
    /// A key that nobody may use.
    Key,
    /// A status that this type of list has not.
    ServiceStatus,
    /// One key with two statuses.
    ServiceTwice,
    /// An extension that does not say whether it is critical.
    ExtensionCriticality,
    /// A critical extension that readers do not know.
    CriticalExtension,
    /// A history that is not newest first, or later than the present.
    HistoryOrder,
    /// It keeps to the standards, and clients of the region would refuse it.
    RefusedByClients,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Somebody should know; readers may go on.
    Warning,
    /// A clause is not kept.
    Error,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// By which check.
    pub check: Check,
    /// How bad it is.
    pub severity: Severity,
    /// The clause that is not kept.
    pub clause: &'static str,
    /// Where: a JSON pointer into the list; empty when it is about the whole.
    pub at: String,
    /// What was found there.
    pub detail: String,
}

impl Check {
    /// The clause it is about; a check of the schema has that of the member.
    pub const fn clause(self) -> &'static str {
        match self {
            Self::NotAList => "RFC 7515 §3",
            Self::TrailingBytes => "RFC 7515 §7.1, RFC 8259 §2",
            Self::NotJson => "RFC 8259 §2",
            Self::DuplicateMember => "RFC 8259 §4",
            Self::Unsigned | Self::SignerIsAuthority | Self::SignerOrganisation | Self::SignerCountry => {
                "TS 119 602 §6.8"
            }
            Self::Algorithm => "TS 119 182-1 §5.1.2",
            Self::SigningTime => "TS 119 182-1 §5.1.11",
            Self::ObsoleteSigningTime => "TS 119 182-1 §5.2.1",
            Self::CertificateReference | Self::CertificateDigest => "TS 119 182-1 §5.1.7",
            Self::CertificateMissing => "CIR (EU) 2026/248 Annex I",
            Self::Certificate => "RFC 7515 §4.1.6",
            Self::CriticalHeader => "TS 119 182-1 §5.1.9",
            Self::Signature => "RFC 7515 §5.2",
            Self::SidecarDigest => "TS 119 612 §6.1",
            Self::MemberMissing | Self::MemberUnknown | Self::WrongType | Self::EmptyArray | Self::RefusedByClients => {
                "TS 119 602"
            }
            Self::IdentityMisspelt | Self::CertificateForm | Self::Key | Self::ServiceTwice => "TS 119 602 §6.6.3",
            Self::TimestampForm => "TS 119 602 §6.1.3",
            Self::Version => "TS 119 602 §6.3.1",
            Self::Sequence => "TS 119 602 §6.3.2",
            Self::LoteType | Self::LoteTypeUnknown => "TS 119 602 §6.3.3",
            Self::OperatorEmail | Self::OperatorWebsite => "TS 119 602 §6.3.4",
            Self::SchemeName => "TS 119 602 §6.3.6",
            Self::Territory => "TS 119 602 §6.3.10",
            Self::PolicyMixed => "TS 119 602 §6.3.11",
            Self::SelfPointerMissing | Self::SelfPointerForbidden => "TS 119 602 §6.3.13",
            Self::NextUpdateOrder | Self::NextUpdateFar | Self::NextUpdatePast => "TS 119 602 §6.3.15",
            Self::IssuedInFuture => "TS 119 602 §6.3.14",
            Self::DistributionPoint => "TS 119 602 §6.3.16",
            Self::EntityAddress => "TS 119 602 §6.5.3",
            Self::ServiceType => "TS 119 602 §6.6.1",
            Self::ServiceStatus => "TS 119 602 §6.6.4",
            Self::ExtensionCriticality | Self::CriticalExtension => "TS 119 602 §6.6.9",
            Self::HistoryOrder => "TS 119 602 §6.6.11",
        }
    }

    /// How bad its findings are.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Unsigned | Self::CertificateMissing | Self::IdentityMisspelt | Self::LoteTypeUnknown => {
                Severity::Warning
            }
            _ => Severity::Error,
        }
    }
}

/// Findings while they come.
#[derive(Default)]
pub(super) struct Findings(Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, check: Check, at: impl Into<String>, detail: impl Into<String>) {
        self.under(check.clause(), check, at, detail);
    }

    /// The same under the clause of a member.
    pub(super) fn under(
        &mut self,
        clause: &'static str,
        check: Check,
        at: impl Into<String>,
        detail: impl Into<String>,
    ) {
        let (at, detail) = (at.into(), detail.into());
        self.0.push(Finding { check, severity: check.severity(), clause, at, detail });
    }

    pub(super) fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    pub(super) fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}
