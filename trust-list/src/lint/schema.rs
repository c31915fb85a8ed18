//! The members of a LoTE with their types, as the JSON schema of TS 119 602 V1.1.1 has them, closed as it means to be.

use serde_json::{Map, Value};
use strict_jose::UnixTime;

use super::finding::{Check, Findings};

/// A member of an object.
struct Member {
    name: &'static str,
    need: Need,
    shape: Shape,
    clause: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// The schema requires it.
    Must,
    /// An explicit list has it; an implicit one has none of these.
    Explicit,
    May,
}

/// The form of a value.
enum Shape {
    Text,
    Integer,
    Time,
    Object(&'static [Member]),
    Many(&'static Shape),
    /// Whatever the owner of the extension makes of it.
    Open,
}

use Need::{Explicit, May, Must};
use Shape::{Integer, Many, Object, Open, Text, Time};

const fn m(name: &'static str, need: Need, shape: Shape, clause: &'static str) -> Member {
    Member { name, need, shape, clause }
}

static DOCUMENT: Shape = Object(&ROOT);
static ROOT: [Member; 1] = [m("LoTE", Must, Object(&LOTE), "TS 119 602 §6.2")];
static LOTE: [Member; 2] = [
    m("ListAndSchemeInformation", Must, Object(&SCHEME), "TS 119 602 §6.3"),
    m("TrustedEntitiesList", May, Many(&Object(&ENTITY)), "TS 119 602 §6.4"),
];
static SCHEME: [Member; 17] = [
    m("LoTEVersionIdentifier", Must, Integer, "TS 119 602 §6.3.1"),
    m("LoTESequenceNumber", Must, Integer, "TS 119 602 §6.3.2"),
    m("LoTEType", Explicit, Text, "TS 119 602 §6.3.3"),
    m("SchemeOperatorName", Must, Many(&NAME), "TS 119 602 §6.3.4"),
    m("SchemeOperatorAddress", Explicit, Object(&OPERATOR_ADDRESS), "TS 119 602 §6.3.4"),
    m("SchemeName", Explicit, Many(&NAME), "TS 119 602 §6.3.6"),
    m("SchemeInformationURI", Explicit, Many(&URI), "TS 119 602 §6.3.7"),
    m("StatusDeterminationApproach", Explicit, Text, "TS 119 602 §6.3.8"),
    m("SchemeTypeCommunityRules", Explicit, Many(&URI), "TS 119 602 §6.3.9"),
    m("SchemeTerritory", Explicit, Text, "TS 119 602 §6.3.10"),
    m("PolicyOrLegalNotice", Explicit, Many(&Object(&POLICY)), "TS 119 602 §6.3.11"),
    m("HistoricalInformationPeriod", May, Integer, "TS 119 602 §6.3.12"),
    m("PointersToOtherLoTE", May, Many(&Object(&POINTER)), "TS 119 602 §6.3.13"),
    m("ListIssueDateTime", Must, Time, "TS 119 602 §6.3.14"),
    m("NextUpdate", Must, Time, "TS 119 602 §6.3.15"),
    m("DistributionPoints", May, Many(&Text), "TS 119 602 §6.3.16"),
    m("SchemeExtensions", May, Many(&Open), "TS 119 602 §6.3.17"),
];
static LANG_VALUE: [Member; 2] =
    [m("lang", Must, Text, "TS 119 602 §6.1.4"), m("value", Must, Text, "TS 119 602 §6.1.4")];
static LANG_URI: [Member; 2] =
    [m("lang", Must, Text, "TS 119 602 §6.1.4"), m("uriValue", Must, Text, "TS 119 602 §6.1.4")];
static NAME: Shape = Object(&LANG_VALUE);
static URI: Shape = Object(&LANG_URI);
static OPERATOR_ADDRESS: [Member; 2] = [
    m("SchemeOperatorPostalAddress", Must, Many(&Object(&POSTAL)), "TS 119 602 §6.3.4"),
    m("SchemeOperatorElectronicAddress", Must, Many(&URI), "TS 119 602 §6.3.4"),
];
static POSTAL: [Member; 6] = [
    m("lang", Must, Text, "TS 119 602 §6.1.4"),
    m("StreetAddress", Must, Text, "TS 119 602 §6.3.4"),
    m("Locality", May, Text, "TS 119 602 §6.3.4"),
    m("StateOrProvince", May, Text, "TS 119 602 §6.3.4"),
    m("PostalCode", May, Text, "TS 119 602 §6.3.4"),
    m("Country", Must, Text, "TS 119 602 §6.3.4"),
];
static POLICY: [Member; 2] = [
    m("LoTEPolicy", May, Object(&LANG_URI), "TS 119 602 §6.3.11"),
    m("LoTELegalNotice", May, Text, "TS 119 602 §6.3.11"),
];
static POINTER: [Member; 3] = [
    m("LoTELocation", Must, Text, "TS 119 602 §6.3.13"),
    m("ServiceDigitalIdentities", Must, Many(&Object(&IDENTITY)), "TS 119 602 §6.3.13"),
    m("LoTEQualifiers", Must, Many(&Object(&QUALIFIER)), "TS 119 602 §6.3.13"),
];
static QUALIFIER: [Member; 5] = [
    m("LoTEType", Must, Text, "TS 119 602 §6.3.13"),
    m("SchemeOperatorName", Must, Many(&NAME), "TS 119 602 §6.3.13"),
    m("MimeType", Must, Text, "TS 119 602 §6.3.13"),
    m("SchemeTypeCommunityRules", May, Many(&URI), "TS 119 602 §6.3.13"),
    m("SchemeTerritory", May, Text, "TS 119 602 §6.3.13"),
];
static IDENTITY: [Member; 5] = [
    m("X509Certificates", May, Many(&Object(&CERTIFICATE)), "TS 119 602 §6.6.3"),
    m("X509SubjectNames", May, Many(&Text), "TS 119 602 §6.6.3"),
    m("PublicKeyValues", May, Many(&Open), "TS 119 602 §6.6.3"),
    m("X509SKIs", May, Many(&Text), "TS 119 602 §6.6.3"),
    m("OtherIds", May, Many(&Text), "TS 119 602 §6.6.3"),
];
static CERTIFICATE: [Member; 3] = [
    m("val", Must, Text, "TS 119 602 §6.6.3"),
    m("encoding", May, Text, "TS 119 602 §6.6.3"),
    m("specRef", May, Text, "TS 119 602 §6.6.3"),
];
static ENTITY: [Member; 2] = [
    m("TrustedEntityInformation", Must, Object(&ENTITY_INFORMATION), "TS 119 602 §6.5"),
    m("TrustedEntityServices", Must, Many(&Object(&SERVICE)), "TS 119 602 §6.6"),
];
static ENTITY_INFORMATION: [Member; 5] = [
    m("TEName", Must, Many(&NAME), "TS 119 602 §6.5.1"),
    m("TETradeName", May, Many(&NAME), "TS 119 602 §6.5.2"),
    m("TEAddress", Must, Object(&ENTITY_ADDRESS), "TS 119 602 §6.5.3"),
    m("TEInformationURI", Must, Many(&URI), "TS 119 602 §6.5.4"),
    m("TEInformationExtensions", May, Many(&Open), "TS 119 602 §6.5.5"),
];
static ENTITY_ADDRESS: [Member; 2] = [
    m("TEPostalAddress", Must, Many(&Object(&POSTAL)), "TS 119 602 §6.5.3"),
    m("TEElectronicAddress", Must, Many(&URI), "TS 119 602 §6.5.3"),
];
static SERVICE: [Member; 2] = [
    m("ServiceInformation", Must, Object(&SERVICE_INFORMATION), "TS 119 602 §6.6"),
    m("ServiceHistory", May, Many(&Object(&HISTORY)), "TS 119 602 §6.6.10"),
];
static SERVICE_INFORMATION: [Member; 9] = [
    m("ServiceTypeIdentifier", May, Text, "TS 119 602 §6.6.1"),
    m("ServiceName", Must, Many(&NAME), "TS 119 602 §6.6.2"),
    m("ServiceDigitalIdentity", Must, Object(&IDENTITY), "TS 119 602 §6.6.3"),
    m("ServiceStatus", May, Text, "TS 119 602 §6.6.4"),
    m("StatusStartingTime", May, Time, "TS 119 602 §6.6.5"),
    m("SchemeServiceDefinitionURI", May, Many(&URI), "TS 119 602 §6.6.6"),
    m("ServiceSupplyPoints", May, Many(&Object(&SUPPLY_POINT)), "TS 119 602 §6.6.7"),
    m("ServiceDefinitionURI", May, Many(&URI), "TS 119 602 §6.6.8"),
    m("ServiceInformationExtensions", May, Many(&Open), "TS 119 602 §6.6.9"),
];
static SUPPLY_POINT: [Member; 2] =
    [m("ServiceType", May, Text, "TS 119 602 §6.6.7"), m("uriValue", Must, Text, "TS 119 602 §6.6.7")];
static HISTORY: [Member; 6] = [
    m("ServiceTypeIdentifier", May, Text, "TS 119 602 §6.6.1"),
    m("ServiceName", Must, Many(&NAME), "TS 119 602 §6.6.2"),
    m("ServiceDigitalIdentity", Must, Object(&IDENTITY), "TS 119 602 §6.6.3"),
    m("ServiceStatus", Must, Text, "TS 119 602 §6.6.4"),
    m("StatusStartingTime", Must, Time, "TS 119 602 §6.6.5"),
    m("ServiceInformationExtensions", May, Many(&Open), "TS 119 602 §6.6.9"),
];

/// Names of a digital identity that pass the published schema by its flaw: `additionalProperties` stands inside
/// `properties` there.
const MISSPELT: [&str; 5] = ["X509Certificate", "X509SubjectName", "PublicKeyValue", "X509SKI", "OtherId"];

pub(super) fn check(list: &Value, findings: &mut Findings) {
    let info = list.pointer("/LoTE/ListAndSchemeInformation");
    // An implicit list has none of these; one that has any is an explicit list and owes all.
    let marks = [
        "SchemeName",
        "SchemeInformationURI",
        "StatusDeterminationApproach",
        "SchemeTypeCommunityRules",
        "PolicyOrLegalNotice",
    ];
    let explicit = marks.iter().any(|name| info.is_some_and(|info| info.get(name).is_some()));
    let mut walk = Walk { explicit, findings };
    walk.value(list, &DOCUMENT, String::new(), "TS 119 602 §6.2");
}

struct Walk<'f> {
    explicit: bool,
    findings: &'f mut Findings,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, shape: &'static Shape, at: String, clause: &'static str) {
        match (shape, value) {
            (Object(members), Value::Object(object)) => self.object(object, members, &at),
            (Many(shape), Value::Array(elements)) => {
                if elements.is_empty() {
                    self.findings.under(clause, Check::EmptyArray, at, "");
                    return;
                }
                for (place, element) in elements.iter().enumerate() {
                    self.value(element, shape, format!("{at}/{place}"), clause);
                }
            }
            (Time, Value::String(text)) => {
                if UnixTime::parse_rfc3339(text).is_err() {
                    self.findings.add(Check::TimestampForm, at, text.clone());
                }
            }
            (Text, Value::String(_)) | (Open, _) => {}
            (Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            (_, other) => self.findings.under(clause, Check::WrongType, at, other.to_string()),
        }
    }

    fn object(&mut self, object: &Map<String, Value>, members: &'static [Member], at: &str) {
        for member in members {
            let place = format!("{at}/{}", member.name);
            let needed = member.need == Must || (member.need == Explicit && self.explicit);
            match object.get(member.name) {
                Some(value) => self.value(value, &member.shape, place, member.clause),
                None if needed => self.findings.under(member.clause, Check::MemberMissing, place, ""),
                None => {}
            }
        }
        let unknown = object.keys().filter(|name| !members.iter().any(|member| member.name == **name));
        for name in unknown {
            let misspelt = is_identity(members) && MISSPELT.contains(&name.as_str());
            let check = if misspelt { Check::IdentityMisspelt } else { Check::MemberUnknown };
            self.findings.add(check, format!("{at}/{name}"), "");
        }
    }
}

fn is_identity(members: &[Member]) -> bool {
    members.iter().any(|member| member.name == "PublicKeyValues")
}
