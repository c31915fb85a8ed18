//! The URIs and extension names of our LoTE documents.

use crate::{ClientKind, IssuerKind, ServiceStatus};

/// TS 119 602 LoTEVersionIdentifier: rises only when the rules for reading change.
pub const LOTE_VERSION: u64 = 1;
/// LoTEType of the regional list.
pub const REGIONAL_LIST: &str = "urn:passerelle:lote:type:regional";
/// LoTEType of a national list.
pub const NATIONAL_LIST: &str = "urn:passerelle:lote:type:national";
/// StatusDeterminationApproach: each member vouches for its own entities.
pub const STATUS_DETERMINATION: &str = "urn:passerelle:lote:status-determination:member-vouches";
/// MimeType of the lists a pointer leads to: JWS in the general JSON form.
pub const LIST_MIME_TYPE: &str = "application/jose+json";
/// MimeType of the same lists as they are exported: compact JWS (TS 119 602, RFC 7515 §9.2.1).
pub const COMPACT_MIME_TYPE: &str = "application/jose";
/// The `typ` of an offline bundle: no list or order can be taken for one.
pub const BUNDLE_TYP: &str = "passerelle-bundle";
/// ServiceType of a supply point that is a host the hub may call.
pub const HOST_SUPPLY_POINT: &str = "urn:passerelle:lote:supply:host";

/// Scheme extension: what the regional list says of each member beyond its pointer. Critical.
pub const MEMBERS_EXTENSION: &str = "PasserelleMembers";
/// Scheme extension: the recognition matrix. Critical.
pub const RECOGNITION_EXTENSION: &str = "PasserelleRecognition";
/// Scheme extension: suspension orders that are lifted. Critical.
pub const REINSTATEMENTS_EXTENSION: &str = "PasserelleReinstatements";
/// Scheme extension: the same for orders against parts of entities. Not critical: a reader that does not know parts holds
/// such orders to be against the whole entity, and must not lift those because a part is lifted.
pub const PART_REINSTATEMENTS_EXTENSION: &str = "PasserellePartReinstatements";
/// Service extension: what the hub needs to know of an issuer. Critical.
pub const ISSUER_EXTENSION: &str = "PasserelleIssuer";
/// Service extension: what the hub needs to know of a client. Critical.
pub const CLIENT_EXTENSION: &str = "PasserelleClient";
/// All of them: what a reader of ours understands.
pub(crate) const EXTENSIONS: [&str; 6] = [
    MEMBERS_EXTENSION,
    RECOGNITION_EXTENSION,
    REINSTATEMENTS_EXTENSION,
    PART_REINSTATEMENTS_EXTENSION,
    ISSUER_EXTENSION,
    CLIENT_EXTENSION,
];

/// What a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceType {
    /// An identity provider or credential issuer.
    Issuer(IssuerKind),
    /// A relying party or country system.
    Client(ClientKind),
}

impl ServiceType {
    const ALL: [Self; 4] = [
        Self::Issuer(IssuerKind::IdentityProvider),
        Self::Issuer(IssuerKind::CredentialIssuer),
        Self::Client(ClientKind::RelyingParty),
        Self::Client(ClientKind::CountrySystem),
    ];

    /// The ServiceTypeIdentifier.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Issuer(IssuerKind::IdentityProvider) => "urn:passerelle:lote:svctype:identity-provider",
            Self::Issuer(IssuerKind::CredentialIssuer) => "urn:passerelle:lote:svctype:credential-issuer",
            Self::Client(ClientKind::RelyingParty) => "urn:passerelle:lote:svctype:relying-party",
            Self::Client(ClientKind::CountrySystem) => "urn:passerelle:lote:svctype:country-system",
        }
    }

    /// The service type of that URI. Other types are for other readers.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.uri() == uri)
    }
}

impl ServiceStatus {
    const ALL: [Self; 3] = [Self::Granted, Self::Suspended, Self::Withdrawn];

    /// The ServiceStatus URI.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Granted => "urn:passerelle:lote:svcstatus:granted",
            Self::Suspended => "urn:passerelle:lote:svcstatus:suspended",
            Self::Withdrawn => "urn:passerelle:lote:svcstatus:withdrawn",
        }
    }

    /// The status of that URI.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.uri() == uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_uri_reads_back() {
        for kind in ServiceType::ALL {
            assert_eq!(ServiceType::from_uri(kind.uri()), Some(kind));
        }
        for status in ServiceStatus::ALL {
            assert_eq!(ServiceStatus::from_uri(status.uri()), Some(status));
        }
        assert_eq!(ServiceType::from_uri("http://uri.etsi.org/19602/SvcType/PID/Issuance"), None);
        assert_eq!(ServiceStatus::from_uri("granted"), None);
    }
}
