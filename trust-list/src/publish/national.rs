//! Making national lists.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use strict_jose::{PublicJwk, Thumbprint, UnixTime};

use super::draft::{Draft, Scheme, put_array, take_array};
use super::{Proposal, PublishError, wire};
use crate::document::lote::TrustedEntity;
use crate::document::vocabulary::{CLIENT_EXTENSION, ISSUER_EXTENSION};
use crate::document::{NATIONAL_LIST, NationalList, Typ};
use crate::{Client, CountryCode, EntityId, Issuer, Level, LocalizedText, Organisation, ServiceStatus};

/// Makes the first national list of a member, or the next.
#[derive(Clone, Debug)]
pub struct NationalBuilder {
    draft: Draft,
    /// Where each entry is: its entity, and its service in it.
    places: HashMap<String, (usize, usize)>,
}

impl NationalBuilder {
    /// The first list of `country`, published at `location`, kept by `operator`. It lives a month.
    pub fn new(
        country: CountryCode,
        location: &str,
        operator: &Organisation,
        issued: UnixTime,
    ) -> Result<Self, PublishError> {
        let name = LocalizedText::en("National list of identity services");
        let scheme = Scheme { lote_type: NATIONAL_LIST, territory: country, name, location, operator, issued };
        Ok(Self { draft: Draft::new(&scheme)?, places: HashMap::new() })
    }

    /// The list after the one in `payload`: the next number, the same entries.
    pub fn revise(payload: &[u8], issued: UnixTime) -> Result<Self, PublishError> {
        let mut builder = Self { draft: Draft::revise(payload, issued)?, places: HashMap::new() };
        builder.find_places();
        Ok(builder)
    }

    /// Sets the sequence number.
    #[must_use]
    pub fn sequence(mut self, sequence: u64) -> Self {
        self.draft.set_sequence(sequence);
        self
    }

    /// Sets the time by which it must be replaced.
    #[must_use]
    pub fn next_update(mut self, next_update: UnixTime) -> Self {
        self.draft.set_next_update(next_update);
        self
    }

    /// Enters an issuer, in the place of the one with its id if there is one.
    pub fn issuer(self, issuer: &Issuer) -> Result<Self, PublishError> {
        let entity = wire::issuer(issuer)?;
        self.put(&issuer.id, entity)
    }

    /// Enters a client, in the place of the one with its id if there is one.
    pub fn client(self, client: &Client) -> Result<Self, PublishError> {
        let entity = wire::client(client)?;
        self.put(&client.entity, entity)
    }

    /// Enters an element of TrustedEntitiesList as it is.
    pub fn entity(mut self, entity: Value) -> Result<Self, PublishError> {
        let id = services(&entity).find_map(entry_id).map(str::to_owned).ok_or(PublishError::UnknownKind)?;
        let entity = self.with_history(&id, entity)?;
        self.replace(&id, entity);
        Ok(self)
    }

    /// Gives an entry another status from `since` on; the one so far becomes history.
    pub fn status(mut self, id: &EntityId, status: ServiceStatus, since: UnixTime) -> Result<Self, PublishError> {
        let missing = || PublishError::NoSuchEntry(id.to_string());
        let (entity, service) = *self.places.get(id.as_str()).ok_or_else(missing)?;
        let path = format!("/TrustedEntityServices/{service}");
        let service = self.draft.entities.get_mut(entity).and_then(|entity| entity.pointer_mut(&path));
        let service = service.and_then(Value::as_object_mut).ok_or_else(missing)?;
        let so_far = service.get("ServiceInformation").and_then(status_of);
        so_far.map_or(Ok(()), |so_far| so_far.require_change(status, id))?;
        change_status(service, status, since)?;
        Ok(self)
    }

    /// Adds a key to an entry.
    pub fn add_key(mut self, id: &EntityId, key: &PublicJwk) -> Result<Self, PublishError> {
        let keys = self.keys(id)?;
        if keys.iter().any(|known| is_key(known, key.thumbprint())) {
            return Err(PublishError::Key { entry: id.to_string(), problem: "it has that key already" });
        }
        keys.push(key.to_value());
        Ok(self)
    }

    /// Takes a key from an entry that has others: without one, an issuer's own key set would count, and a client could
    /// not say who it is.
    pub fn retire_key(mut self, id: &EntityId, key: &Thumbprint) -> Result<Self, PublishError> {
        let keys = self.keys(id)?;
        let (count, wrong) = (keys.len(), |problem| PublishError::Key { entry: id.to_string(), problem });
        keys.retain(|known| !is_key(known, key));
        if keys.len() == count {
            return Err(wrong("it has no such key in the list"));
        }
        if keys.is_empty() { Err(wrong("this is its last key; add the next one first")) } else { Ok(self) }
    }

    /// Sets the highest level that an issuer vouches for.
    pub fn max_level(mut self, id: &EntityId, level: Level) -> Result<Self, PublishError> {
        let extensions = self.information(id)?.get_mut("ServiceInformationExtensions").and_then(Value::as_array_mut);
        let own = extensions.into_iter().flatten().find_map(|container| container.get_mut(ISSUER_EXTENSION));
        let own = own.and_then(Value::as_object_mut);
        let own = own.ok_or_else(|| PublishError::NoSuchEntry(format!("{id} that is an issuer")))?;
        own.insert("max_level".to_owned(), level.as_str().into());
        Ok(self)
    }

    fn keys(&mut self, id: &EntityId) -> Result<&mut Vec<Value>, PublishError> {
        let identity = self.information(id)?.entry("ServiceDigitalIdentity").or_insert_with(|| json!({}));
        let keys = identity.as_object_mut().map(|of| of.entry("PublicKeyValues").or_insert_with(|| json!([])));
        keys.and_then(Value::as_array_mut).ok_or(PublishError::UnknownKind)
    }

    /// What the list says now of an entry that is not withdrawn.
    fn information(&mut self, id: &EntityId) -> Result<&mut Map<String, Value>, PublishError> {
        let missing = || PublishError::NoSuchEntry(id.to_string());
        let (entity, service) = *self.places.get(id.as_str()).ok_or_else(missing)?;
        let path = format!("/TrustedEntityServices/{service}/ServiceInformation");
        let info = self.draft.entities.get_mut(entity).and_then(|entity| entity.pointer_mut(&path));
        let info = info.ok_or_else(missing)?;
        if status_of(info) == Some(ServiceStatus::Withdrawn) {
            return Err(PublishError::Withdrawn(id.to_string()));
        }
        info.as_object_mut().ok_or_else(missing)
    }

    /// An entry that takes the place of another has its status and history; a status changes by [`Self::status`].
    fn with_history(&self, id: &str, mut entity: Value) -> Result<Value, PublishError> {
        let Some((at, service)) = self.places.get(id).copied() else { return Ok(entity) };
        let path = format!("/TrustedEntityServices/{service}");
        let Some(known) = self.draft.entities.get(at).and_then(|known| known.pointer(&path)) else { return Ok(entity) };
        let info = known.get("ServiceInformation");
        if info.and_then(status_of) == Some(ServiceStatus::Withdrawn) {
            return Err(PublishError::Withdrawn(id.to_owned()));
        }
        let services = entity.get_mut("TrustedEntityServices").and_then(Value::as_array_mut);
        let new = services.into_iter().flatten().find(|service| entry_id(service) == Some(id));
        if let Some(new) = new.and_then(Value::as_object_mut) {
            put_array(
                new,
                "ServiceHistory",
                take_array(&mut known.as_object().cloned().unwrap_or_default(), "ServiceHistory"),
            );
            if let Some(new) = new.get_mut("ServiceInformation").and_then(Value::as_object_mut) {
                for name in ["ServiceStatus", "StatusStartingTime"] {
                    new.extend(info.and_then(|info| info.get(name)).map(|value| (name.to_owned(), value.clone())));
                }
            }
        }
        Ok(entity)
    }

    /// Takes an entry out. Prefer a status: history answers "was it trusted then?".
    pub fn remove(mut self, id: &EntityId) -> Result<Self, PublishError> {
        let (entity, _) = self.places.remove(id.as_str()).ok_or_else(|| PublishError::NoSuchEntry(id.to_string()))?;
        self.draft.entities.remove(entity);
        self.find_places();
        Ok(self)
    }

    /// The list to sign.
    pub fn build(self) -> Result<Proposal, PublishError> {
        self.draft.build(Typ::National, NATIONAL_LIST, |payload, requested| {
            NationalList::read(payload, requested, &[], String::new())
        })
    }

    fn put(mut self, id: &EntityId, entity: TrustedEntity) -> Result<Self, PublishError> {
        self.replace(id.as_str(), serde_json::to_value(entity)?);
        Ok(self)
    }

    fn replace(&mut self, id: &str, entity: Value) {
        let known = self.places.get(id).copied();
        let entities = &mut self.draft.entities;
        if let Some(place) = known.and_then(|(place, _)| entities.get_mut(place)) {
            *place = entity;
        } else {
            self.places.insert(id.to_owned(), (entities.len(), 0));
            entities.push(entity);
        }
    }

    fn find_places(&mut self) {
        let entities = self.draft.entities.iter().enumerate();
        let ids = entities.flat_map(|(at, entity)| {
            services(entity).enumerate().filter_map(move |(place, service)| Some((entry_id(service)?, (at, place))))
        });
        self.places = ids.map(|(id, place)| (id.to_owned(), place)).collect();
    }
}

fn services(entity: &Value) -> impl Iterator<Item = &Value> {
    entity.get("TrustedEntityServices").and_then(Value::as_array).into_iter().flatten()
}

/// The id that our extension gives a service.
fn entry_id(service: &Value) -> Option<&str> {
    let extensions = service.pointer("/ServiceInformation/ServiceInformationExtensions")?.as_array()?;
    let own =
        |container: &Value| [ISSUER_EXTENSION, CLIENT_EXTENSION].into_iter().find(|name| container.get(name).is_some());
    extensions.iter().find_map(|container| container.get(own(container)?)?.get("id")?.as_str())
}

fn status_of(info: &Value) -> Option<ServiceStatus> {
    info.get("ServiceStatus").and_then(Value::as_str).and_then(ServiceStatus::from_uri)
}

fn is_key(value: &Value, key: &Thumbprint) -> bool {
    PublicJwk::parse(value).is_ok_and(|known| known.thumbprint() == key)
}

/// TS 119 602 ServiceHistory: the present status goes in front of the earlier ones.
fn change_status(service: &mut Map<String, Value>, status: ServiceStatus, since: UnixTime) -> Result<(), PublishError> {
    let info = service.get_mut("ServiceInformation").and_then(Value::as_object_mut).ok_or(PublishError::UnknownKind)?;
    let mut earlier = Map::new();
    for name in ["ServiceTypeIdentifier", "ServiceName", "ServiceStatus", "StatusStartingTime"] {
        earlier.extend(info.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    earlier.insert("ServiceDigitalIdentity".to_owned(), identifiers(info));
    info.insert("ServiceStatus".to_owned(), status.uri().into());
    info.insert("StatusStartingTime".to_owned(), since.to_rfc3339().into());
    let mut history = take_array(service, "ServiceHistory");
    history.insert(0, Value::Object(earlier));
    put_array(service, "ServiceHistory", history);
    Ok(())
}

/// Earlier periods name the service by its identifiers; the keys of the time are in the list of the time.
fn identifiers(info: &Map<String, Value>) -> Value {
    let identifiers = info.get("ServiceDigitalIdentity").and_then(|identity| identity.get("OtherIds"));
    identifiers.map_or_else(|| json!({}), |identifiers| json!({ "OtherIds": identifiers }))
}
