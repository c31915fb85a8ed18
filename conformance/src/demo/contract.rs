//! `demo.json`: what a tester's programs need to know.

use std::path::Path;

use serde_json::{Value, json};
use trust_list::ClientKind;

use super::stage::Stage;
use crate::persona::{self, Persona};
use crate::region::entities::Party;

/// Writes the file; it holds private keys of the demo's clients, so only its owner may read it.
pub(super) fn write(stage: &Stage, dir: &Path) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&document(stage)?)?;
    let file = dir.join("demo.json");
    let aside = dir.join("demo.json.new");
    crate::files::write_private(&aside, text.as_bytes())?;
    Ok(std::fs::rename(aside, file)?)
}

fn document(stage: &Stage) -> anyhow::Result<Value> {
    let region = &stage.region;
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let of_kind = |kind| region.parties().filter(move |party| party.client.kind == kind);
    let parties: anyhow::Result<Vec<Value>> = of_kind(ClientKind::RelyingParty).map(relying_party).collect();
    let systems: anyhow::Result<Vec<Value>> = of_kind(ClientKind::CountrySystem).map(country_system).collect();
    let lists =
        ["regional", "XA", "XE", "XF"].map(|name| format!("{}/lists/{name}.json", region.publisher_server.url()));
    let mut document = json!({
        "issuer": stage.hub_options.issuer(),
        "management": stage.hub_options.management(),
        "ca_file": absolute(&region.ca_file()),
        "relying_parties": parties?,
        "federation_clients": systems?,
        "countries": [
            country("XA", "esignet", region.esignet.issuer(), &region.xa.url())?,
            country("XE", "oidc", region.oidc.issuer(), &region.xe.url())?,
            country("XF", "claim169", region.cards.issuer(), &region.xf.url())?,
        ],
        "trust": {
            "publisher": region.publisher_server.url(),
            "root_file": absolute(&region.root_file()),
            "status": format!("{}/status.json", region.publisher_server.url()),
            "lists": lists,
            "control": stage.control_url,
        },
        // Under this name the pension fund is a client of XE's own provider; its key there is the one it has at the hub.
        "pension_at_xe": {
            "client_id": stage.pension_at_xe.client_id,
            "redirect_uri": stage.pension_at_xe.redirect_uri,
        },
        "bank": stage.bank_url,
        "hub_log": absolute(&stage.hub_options.dir.join("hub.log")),
        "audit_log": absolute(&stage.hub_options.dir.join("audit")),
    });
    if let Some(member) = &stage.extra_member {
        let registration = json!({
            "client_id": member.hub_client_id(),
            "redirect_uris": [format!("{}/callback/{}", stage.hub_options.issuer(), member.code)],
            "jwks": stage.upstream_jwks,
        });
        document = crate::jose::with(document, &[("upstream_client", registration)]);
    }
    Ok(document)
}

fn relying_party(party: &Party) -> anyhow::Result<Value> {
    let client = &party.client;
    Ok(json!({
        "client_id": client.client_id,
        "country": client.country,
        "jwks": private_jwks(party)?,
        "redirect_uri": client.redirect_uris.first(),
        "profile": client.profile,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "openid profile",
        "purposes": purposes(party),
    }))
}

fn country_system(party: &Party) -> anyhow::Result<Value> {
    let client = &party.client;
    Ok(json!({
        "client_id": client.client_id,
        "country": client.country,
        "jwks": private_jwks(party)?,
        "token_endpoint_auth_method": "private_key_jwt",
        "scopes": client.scopes,
        "audiences": client.exchange.as_ref().map(|policy| &policy.audiences),
        "purposes": purposes(party),
    }))
}

fn private_jwks(party: &Party) -> anyhow::Result<Value> {
    let key: Value = serde_json::from_str(&party.key.to_private_jwk())?;
    Ok(json!({"keys": [key]}))
}

fn purposes(party: &Party) -> Vec<String> {
    party.client.purposes.iter().map(|registered| registered.purpose.to_string()).collect()
}

fn country(code: &str, kind: &str, issuer: &str, url: &str) -> anyhow::Result<Value> {
    let personas: Vec<Value> = persona::of(code)?.iter().map(person).collect();
    Ok(json!({"code": code, "kind": kind, "issuer": issuer, "url": url, "personas": personas}))
}

fn person(person: &Persona) -> Value {
    json!({"name": person.name, "login": person.login, "secret": person.secret,
        "situation": person.situation, "what_happens": person.what_happens})
}
