//! Reading the entries of a national list.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use strict_jose::{JwkSet, Policy, PublicJwk};

use super::{ClientExtension, IssuerExtension, NationalList, hosts, redirect};
use crate::document::lote::{
    self, DigitalIdentity, EntityInformation, LangUri, Service, ServiceHistory, ServiceInformation, SupplyPoint,
    TrustedEntity,
};
use crate::document::vocabulary::{CLIENT_EXTENSION, ISSUER_EXTENSION, ServiceType};
use crate::document::{ListProblem, extension};
use crate::entity::is_newest_first;
use crate::verified::keys::Listed;
use crate::{
    Client, ClientKind, CountryCode, EntityId, Issuer, IssuerKind, LocalizedText, Organisation, ServiceStatus,
    StatusHistory, StatusPeriod,
};

/// What is common to the entries of one list while they are read.
pub(super) struct Reader<'r> {
    country: CountryCode,
    permitted_hosts: &'r [String],
    seen: BTreeSet<EntityId>,
}

/// The parts that issuers and clients have in common.
struct Common {
    name: LocalizedText,
    organisation: Organisation,
    current: StatusPeriod,
    history: StatusHistory,
    identity: DigitalIdentity,
    supply_points: Vec<SupplyPoint>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(country: CountryCode, permitted_hosts: &'r [String]) -> Self {
        Self { country, permitted_hosts, seen: BTreeSet::new() }
    }

    pub(super) fn entity(&mut self, entity: TrustedEntity, list: &mut NationalList) -> Result<(), ListProblem> {
        let organisation = self.organisation(entity.trusted_entity_information)?;
        for service in entity.trusted_entity_services {
            self.service(&organisation, service, list)?;
        }
        Ok(())
    }

    fn service(
        &mut self,
        organisation: &Organisation,
        service: Service,
        list: &mut NationalList,
    ) -> Result<(), ListProblem> {
        let Service { service_information: info, service_history: history } = service;
        // Services of other types are for other readers, unless they carry what every reader must understand.
        let Some(kind) = info.service_type_identifier.as_deref().and_then(ServiceType::from_uri) else {
            return extension::refuse_critical(info.service_information_extensions);
        };
        let (extensions, common) = common(organisation, info, history)?;
        let [issuer, client] = extension::take(extensions, [ISSUER_EXTENSION, CLIENT_EXTENSION])?;
        match (kind, issuer, client) {
            (ServiceType::Issuer(kind), Some(value), None) => {
                let issuer = self.issuer(kind, common, extension::read(ISSUER_EXTENSION, value)?)?;
                list.issuers.push(Listed::new(issuer));
            }
            (ServiceType::Client(kind), None, Some(value)) => {
                let client = self.client(kind, common, extension::read(CLIENT_EXTENSION, value)?)?;
                list.clients.push(Listed::new(client));
            }
            (kind, ..) => {
                return Err(ListProblem::WrongForm(format!("a {} without its one extension", kind.uri())));
            }
        }
        Ok(())
    }

    fn issuer(&mut self, kind: IssuerKind, common: Common, own: IssuerExtension) -> Result<Issuer, ListProblem> {
        self.unique(&own.id)?;
        let hosts = hosts::of(&common.supply_points)?;
        let identifiers = common.identity.other_ids;
        for host in &hosts {
            self.permitted(host)?;
        }
        for host in identifiers.iter().filter_map(|identifier| hosts::of_uri(identifier)) {
            self.permitted(&host)?;
        }
        let keys = common.identity.public_key_values.iter().map(PublicJwk::parse).collect::<Result<_, _>>();
        Ok(Issuer {
            country: self.country,
            kind,
            name: common.name,
            organisation: common.organisation,
            adapter: own.adapter,
            profile: own.profile,
            issuer_identifiers: identifiers,
            keys: keys.map_err(|error| ListProblem::WrongForm(format!("a key of {}: {error}", own.id)))?,
            hosts,
            max_level: own.max_level,
            claims: own.claims,
            status: common.current.status,
            status_since: common.current.since,
            history: common.history,
            id: own.id,
        })
    }

    fn client(&mut self, kind: ClientKind, common: Common, own: ClientExtension) -> Result<Client, ListProblem> {
        self.unique(&own.id)?;
        let DigitalIdentity { public_key_values, other_ids } = common.identity;
        let [client_id] = <[String; 1]>::try_from(other_ids)
            .map_err(|_| ListProblem::WrongForm(format!("{} has not one client identifier in OtherIds", own.id)))?;
        for uri in &own.redirect_uris {
            if let Some(problem) = redirect::problem(uri) {
                return Err(ListProblem::WrongForm(format!("the redirect URI {uri:?} of {} {problem}", own.id)));
            }
        }
        let keys = Value::Object(Map::from_iter([("keys".to_owned(), Value::Array(public_key_values))]));
        Ok(Client {
            client_id,
            country: self.country,
            kind,
            name: common.name,
            organisation: common.organisation,
            sector: own.sector,
            profile: own.profile,
            redirect_uris: own.redirect_uris,
            keys: JwkSet::from_value(&keys, Policy::Strict)
                .map_err(|error| ListProblem::WrongForm(format!("the keys of {}: {error}", own.id)))?,
            grant_types: own.grant_types,
            scopes: own.scopes,
            purposes: own.purposes,
            exchange: own.exchange,
            status: common.current.status,
            status_since: common.current.since,
            history: common.history,
            entity: own.id,
        })
    }

    /// Ids are unique in the list; with the country they are in the region.
    fn unique(&mut self, id: &EntityId) -> Result<(), ListProblem> {
        if self.seen.insert(id.clone()) { Ok(()) } else { Err(ListProblem::DuplicateEntity(id.clone())) }
    }

    fn permitted(&self, host: &str) -> Result<(), ListProblem> {
        if hosts::is_permitted(host, self.permitted_hosts) {
            return Ok(());
        }
        Err(ListProblem::HostNotPermitted(host.to_owned()))
    }

    /// A list speaks for the entities of its own country only.
    fn organisation(&self, info: EntityInformation) -> Result<Organisation, ListProblem> {
        extension::refuse_critical(info.extensions)?;
        let legal_name = lote::localized(info.name);
        let foreign = info.address.postal.iter().any(|address| address.country != self.country.as_str());
        if foreign {
            return Err(ListProblem::ForeignEntry(legal_name.pick::<&str>(&[]).to_owned()));
        }
        let postal = info.address.postal.into_iter().next();
        let electronic = &info.address.electronic;
        Ok(Organisation {
            registration: info.trade_name.into_iter().next().map(|name| name.value),
            street_address: postal.as_ref().map(|address| address.street_address.clone()).unwrap_or_default(),
            locality: postal.as_ref().and_then(|address| address.locality.clone()),
            postal_code: postal.and_then(|address| address.postal_code),
            country: self.country,
            email: electronic_address(electronic, "mailto:", &legal_name)?,
            website: website(electronic, &legal_name)?,
            telephone: electronic_address(electronic, "tel:", &legal_name)?,
            information_uri: info.information_uri.into_iter().next().map(|uri| uri.uri_value).unwrap_or_default(),
            legal_name,
        })
    }
}

/// Splits what issuers and clients share from their extensions.
fn common(
    organisation: &Organisation,
    info: ServiceInformation,
    history: Vec<ServiceHistory>,
) -> Result<(Vec<Map<String, Value>>, Common), ListProblem> {
    let name = lote::localized(info.service_name);
    let wrong = |what: &str| ListProblem::WrongForm(format!("{}: {what}", name.pick::<&str>(&[])));
    let status = info.service_status.as_deref().and_then(ServiceStatus::from_uri);
    let current = StatusPeriod {
        status: status.ok_or_else(|| wrong("no known ServiceStatus"))?,
        since: info.status_starting_time.ok_or_else(|| wrong("no StatusStartingTime"))?,
    };
    let history = history.into_iter().map(|earlier| {
        extension::refuse_critical(earlier.service_information_extensions)?;
        let status = ServiceStatus::from_uri(&earlier.service_status);
        let status = status.ok_or_else(|| wrong("an unknown ServiceStatus in ServiceHistory"))?;
        Ok(StatusPeriod { status, since: earlier.status_starting_time })
    });
    let history: StatusHistory = history.collect::<Result<_, ListProblem>>()?;
    if !is_newest_first(current, &history) {
        return Err(ListProblem::clause("TS 119 602 cl. 6.6.11", "ServiceHistory is not newest first"));
    }
    let organisation = organisation.clone();
    let (identity, supply_points) = (info.service_digital_identity, info.service_supply_points);
    Ok((info.service_information_extensions, Common { name, organisation, current, history, identity, supply_points }))
}

/// The first address of that scheme, without it.
fn electronic_address(addresses: &[LangUri], scheme: &str, of: &LocalizedText) -> Result<String, ListProblem> {
    let found = addresses.iter().find_map(|address| address.uri_value.strip_prefix(scheme));
    found.map(str::to_owned).ok_or_else(|| {
        let what = format!("{} has no {scheme} in TEElectronicAddress", of.pick::<&str>(&[]));
        ListProblem::clause("TS 119 602 cl. 6.5.3", what)
    })
}

fn website(addresses: &[LangUri], of: &LocalizedText) -> Result<String, ListProblem> {
    let rest = electronic_address(addresses, "https://", of);
    rest.map(|rest| format!("https://{rest}")).or_else(|refused| {
        let plain = electronic_address(addresses, "http://", of).map_err(|_| refused)?;
        Ok(format!("http://{plain}"))
    })
}
