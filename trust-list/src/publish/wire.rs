//! Our values in the form of TS 119 602.

use serde_json::{Map, Value};

use super::PublishError;
use crate::document::lote::{
    DigitalIdentity, EntityAddress, EntityInformation, LangString, LangUri, Pointer, PostalAddress, Qualifier, Service,
    ServiceHistory, ServiceInformation, SupplyPoint, TrustedEntity, lang_strings,
};
use crate::document::vocabulary::{
    CLIENT_EXTENSION, HOST_SUPPLY_POINT, ISSUER_EXTENSION, LIST_MIME_TYPE, NATIONAL_LIST, ServiceType,
};
use crate::document::{ClientExtension, IssuerExtension, MemberEntry, extension};
use crate::{Client, Issuer, LocalizedText, Organisation, StatusHistory, StatusPeriod};

/// The language of addresses: they have one form for all.
const LANG: &str = "en";

pub(super) fn lang_uris(uri: &str) -> Vec<LangUri> {
    vec![LangUri { lang: LANG.to_owned(), uri_value: uri.to_owned() }]
}

pub(super) fn postal_address(organisation: &Organisation) -> PostalAddress {
    PostalAddress {
        lang: LANG.to_owned(),
        street_address: organisation.street_address.clone(),
        locality: organisation.locality.clone(),
        state_or_province: None,
        postal_code: organisation.postal_code.clone(),
        country: organisation.country.to_string(),
    }
}

pub(super) fn issuer(issuer: &Issuer) -> Result<TrustedEntity, PublishError> {
    let own = IssuerExtension {
        id: issuer.id.clone(),
        adapter: issuer.adapter.clone(),
        profile: issuer.profile.clone(),
        max_level: issuer.max_level,
        claims: issuer.claims.clone(),
    };
    let supply = |host: &String| SupplyPoint {
        service_type: Some(HOST_SUPPLY_POINT.to_owned()),
        uri_value: format!("https://{host}"),
    };
    let service = ServiceParts {
        kind: ServiceType::Issuer(issuer.kind),
        name: &issuer.name,
        identity: DigitalIdentity {
            public_key_values: issuer.keys.iter().map(strict_jose::PublicJwk::to_value).collect(),
            other_ids: issuer.issuer_identifiers.clone(),
        },
        current: issuer.status_period(),
        history: &issuer.history,
        supply_points: issuer.hosts.iter().map(supply).collect(),
        extension: extension::critical(ISSUER_EXTENSION, serde_json::to_value(own)?),
    };
    Ok(entity(&issuer.organisation, service))
}

pub(super) fn client(client: &Client) -> Result<TrustedEntity, PublishError> {
    let own = ClientExtension {
        id: client.entity.clone(),
        sector: client.sector.clone(),
        profile: client.profile,
        redirect_uris: client.redirect_uris.clone(),
        grant_types: client.grant_types.clone(),
        scopes: client.scopes.clone(),
        purposes: client.purposes.clone(),
        exchange: client.exchange.clone(),
    };
    let service = ServiceParts {
        kind: ServiceType::Client(client.kind),
        name: &client.name,
        identity: DigitalIdentity {
            public_key_values: client.keys.keys().iter().map(strict_jose::PublicJwk::to_value).collect(),
            other_ids: vec![client.client_id.clone()],
        },
        current: client.status_period(),
        history: &client.history,
        supply_points: Vec::new(),
        extension: extension::critical(CLIENT_EXTENSION, serde_json::to_value(own)?),
    };
    Ok(entity(&client.organisation, service))
}

/// A pointer to a national list with the keys that sign it, one identity for each.
pub(super) fn pointer(member: &MemberEntry) -> Pointer {
    let identity = |key: &strict_jose::PublicJwk| DigitalIdentity {
        public_key_values: vec![key.to_value()],
        other_ids: Vec::new(),
    };
    Pointer {
        location: member.location.clone(),
        identities: member.signers.iter().map(identity).collect(),
        qualifiers: vec![Qualifier {
            lote_type: NATIONAL_LIST.to_owned(),
            scheme_operator_name: lang_strings(&member.operator),
            mime_type: LIST_MIME_TYPE.to_owned(),
            scheme_territory: Some(member.country.to_string()),
        }],
    }
}

/// What issuers and clients have in common.
struct ServiceParts<'s> {
    kind: ServiceType,
    name: &'s LocalizedText,
    identity: DigitalIdentity,
    current: StatusPeriod,
    history: &'s StatusHistory,
    supply_points: Vec<SupplyPoint>,
    extension: Map<String, Value>,
}

fn entity(organisation: &Organisation, parts: ServiceParts<'_>) -> TrustedEntity {
    let history = parts.history.iter().map(|period| earlier(*period, &parts)).collect();
    let service = Service {
        service_history: history,
        service_information: ServiceInformation {
            service_type_identifier: Some(parts.kind.uri().to_owned()),
            service_name: lang_strings(parts.name),
            service_digital_identity: parts.identity,
            service_status: Some(parts.current.status.uri().to_owned()),
            status_starting_time: Some(parts.current.since),
            service_supply_points: parts.supply_points,
            service_information_extensions: vec![parts.extension],
        },
    };
    TrustedEntity {
        trusted_entity_information: entity_information(organisation),
        trusted_entity_services: vec![service],
    }
}

fn earlier(period: StatusPeriod, parts: &ServiceParts<'_>) -> ServiceHistory {
    ServiceHistory {
        service_type_identifier: Some(parts.kind.uri().to_owned()),
        service_name: lang_strings(parts.name),
        service_digital_identity: DigitalIdentity {
            public_key_values: Vec::new(),
            other_ids: parts.identity.other_ids.clone(),
        },
        service_status: period.status.uri().to_owned(),
        status_starting_time: period.since,
        service_information_extensions: Vec::new(),
    }
}

fn entity_information(organisation: &Organisation) -> EntityInformation {
    let addresses = [
        format!("mailto:{}", organisation.email),
        organisation.website.clone(),
        format!("tel:{}", organisation.telephone),
    ];
    let trade_name = |value: &String| LangString { lang: LANG.to_owned(), value: value.clone() };
    EntityInformation {
        name: lang_strings(&organisation.legal_name),
        trade_name: organisation.registration.iter().map(trade_name).collect(),
        address: EntityAddress {
            postal: vec![postal_address(organisation)],
            electronic: addresses.iter().flat_map(|address| lang_uris(address)).collect(),
        },
        information_uri: lang_uris(&organisation.information_uri),
        extensions: Vec::new(),
    }
}
