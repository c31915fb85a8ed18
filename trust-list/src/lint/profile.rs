//! What the type of a list adds: the EU profiles of TS 119 602 annexes D to H, and ours.

use serde_json::Value;

use super::finding::{Check, Findings};
use super::scheme::Scheme;
use super::{elements, text};
use crate::ServiceStatus;
use crate::document::vocabulary::{NATIONAL_LIST, REGIONAL_LIST, ServiceType};

/// What a type of list allows.
struct Profile {
    lote_type: &'static str,
    /// What its service types begin with.
    services: &'static str,
    /// What its statuses begin with; empty when presence is the status.
    statuses: &'static [&'static str],
    /// Whether it must, or must not, point to itself.
    self_pointer: SelfPointer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SelfPointer {
    Required,
    Forbidden,
}

const EU: &str = "http://uri.etsi.org/19602/LoTEType/";

/// To add one: a line.
static EU_PROFILES: [Profile; 6] = [
    Profile::presence("EUPIDProvidersList", "http://uri.etsi.org/19602/SvcType/PID/"),
    Profile::presence("EUWalletProvidersList", "http://uri.etsi.org/19602/SvcType/WalletSolution/"),
    Profile::presence("EUWRPACProvidersList", "http://uri.etsi.org/19602/SvcType/WRPAC/"),
    Profile::presence("EUWRPRCProvidersList", "http://uri.etsi.org/19602/SvcType/WRPRC/"),
    Profile::presence("EURegistrarsAndRegistersList", "http://uri.etsi.org/19602/SvcType/"),
    Profile {
        lote_type: "EUPubEAAProvidersList",
        services: "http://uri.etsi.org/19602/SvcType/PubEAA/",
        statuses: &[
            "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/notified",
            "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/withdrawn",
        ],
        self_pointer: SelfPointer::Forbidden,
    },
];

impl Profile {
    const fn presence(lote_type: &'static str, services: &'static str) -> Self {
        Self { lote_type, services, statuses: &[], self_pointer: SelfPointer::Required }
    }
}

pub(super) fn check(scheme: &Scheme<'_>, list: &Value, findings: &mut Findings) {
    let Some(lote_type) = scheme.lote_type() else { return };
    if [REGIONAL_LIST, NATIONAL_LIST].contains(&lote_type) {
        own(list, findings);
        return;
    }
    let profile = EU_PROFILES.iter().find(|profile| lote_type.strip_prefix(EU) == Some(profile.lote_type));
    let Some(profile) = profile else {
        findings.add(Check::LoteTypeUnknown, "/LoTE/ListAndSchemeInformation/LoTEType", lote_type);
        return;
    };
    eu(profile, lote_type, scheme, list, findings);
}

fn services(list: &Value) -> Vec<(String, &Value)> {
    let entities = elements(list, "/LoTE/TrustedEntitiesList").into_iter();
    entities.flat_map(|(at, _)| elements(list, &format!("{at}/TrustedEntityServices"))).collect()
}

const TYPE: &str = "/ServiceInformation/ServiceTypeIdentifier";
const STATUS: &str = "/ServiceInformation/ServiceStatus";

/// Services of ours have a status we know; services of other types are for other readers, but not those of the EU's
/// lists.
fn own(list: &Value, findings: &mut Findings) {
    for (at, service) in services(list) {
        let kind = text(service, TYPE).unwrap_or_default();
        if kind.starts_with("http://uri.etsi.org/19602/SvcType/") {
            findings.add(Check::ServiceType, format!("{at}{TYPE}"), kind);
        }
        let status = text(service, STATUS).unwrap_or_default();
        if ServiceType::from_uri(kind).is_some() && ServiceStatus::from_uri(status).is_none() {
            findings.add(Check::ServiceStatus, format!("{at}{STATUS}"), status);
        }
    }
}

fn eu(profile: &Profile, lote_type: &str, scheme: &Scheme<'_>, list: &Value, findings: &mut Findings) {
    for (at, service) in services(list) {
        let kind = text(service, TYPE).unwrap_or_default();
        if !kind.starts_with(profile.services) {
            findings.add(Check::ServiceType, format!("{at}{TYPE}"), kind);
        }
        let status = text(service, STATUS);
        let good = match status {
            Some(status) => profile.statuses.contains(&status),
            None => profile.statuses.is_empty(),
        };
        if !good {
            findings.add(Check::ServiceStatus, format!("{at}{STATUS}"), status.unwrap_or_default());
        }
    }
    self_pointer(profile, lote_type, scheme, findings);
}

/// §6.3.13 and annexes D to G: with the certificates of the signers, as `application/jose`.
fn self_pointer(profile: &Profile, lote_type: &str, scheme: &Scheme<'_>, findings: &mut Findings) {
    let pointers = scheme.pointers();
    let to_itself = |(_, pointer): &&(String, &Value)| {
        let here = text(pointer, "/LoTELocation").is_some_and(|location| scheme.is_published_at(location));
        elements(pointer, "/LoTEQualifiers").iter().any(|(_, qualifier)| {
            (here || text(qualifier, "/LoTEType") == Some(lote_type))
                && text(qualifier, "/MimeType") == Some("application/jose")
        })
    };
    let at = "/LoTE/ListAndSchemeInformation/PointersToOtherLoTE";
    match (profile.self_pointer, pointers.iter().find(to_itself)) {
        (SelfPointer::Required, None) => findings.add(Check::SelfPointerMissing, at, ""),
        (SelfPointer::Forbidden, Some((at, _))) => findings.add(Check::SelfPointerForbidden, at.clone(), ""),
        _ => {}
    }
}
