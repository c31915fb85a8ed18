//! The country picker: every member, and of those that cannot be picked, why.

use country_adapters::outbound::Health;
use serde_json::Value;
use trust_list::{CountryCode, EntityId, Issuer, IssuerKind, MemberView, NotTrusted};

use crate::broker::{AsOf, Broker};
use crate::browser::{BrowserSecret, Disabled, PickerCountry, PickerService, PickerView};
use crate::error::{CountryFault, OAuthError};
use crate::login::AwaitingCountry;
use crate::policy::{Permit, Question, Refusal, may_proceed};
use crate::request::AuthorizationRequest;

/// Every member, in the order of the list.
pub(crate) fn countries(broker: &Broker, as_of: AsOf<'_>, request: &AuthorizationRequest) -> Vec<PickerCountry> {
    as_of.list.members().map(|member| country(broker, as_of, request, &member)).collect()
}

fn country(broker: &Broker, as_of: AsOf<'_>, request: &AuthorizationRequest, member: &MemberView<'_>) -> PickerCountry {
    let (country, name) = (member.code(), member.name().clone());
    let disabled = |reason| PickerCountry { country, name: name.clone(), services: Vec::new(), disabled: Some(reason) };
    if member.disabled(as_of.now).is_some() {
        return disabled(Disabled::Suspended);
    }
    if matches!(broker.outbound.health(country, as_of.now), Health::Down { .. }) {
        return disabled(Disabled::Unavailable);
    }
    let mut services = Vec::new();
    let mut nearest = Disabled::NoOnlineLogin;
    for issuer in member.issuers().filter(|issuer| broker.can_log_in(as_of, issuer)) {
        match may_proceed(as_of, &question(request, country, &issuer.id)) {
            Ok(_) => services.push(PickerService { id: issuer.id.clone(), name: issuer.name.clone() }),
            Err(refusal) => nearest = nearest.max(reason(&refusal)),
        }
    }
    if services.is_empty() { disabled(nearest) } else { PickerCountry { country, name, services, disabled: None } }
}

/// May this login go through that service?
fn question<'q>(request: &'q AuthorizationRequest, country: CountryCode, service: &'q EntityId) -> Question<'q> {
    Question {
        client_id: &request.client_id,
        country,
        service: Some(service),
        kind: IssuerKind::IdentityProvider,
        purpose: &request.purpose,
        level: request.level,
    }
}

/// What the citizen is told; of several services, the reason that helps most.
fn reason(refusal: &Refusal) -> Disabled {
    match refusal {
        Refusal::Issuer(NotTrusted::LevelNotReachable { .. }) | Refusal::Level => Disabled::LevelNotReachable,
        Refusal::Issuer(
            NotTrusted::Suspended
            | NotTrusted::Withdrawn
            | NotTrusted::NotYetListed
            | NotTrusted::MemberNotAdmitted
            | NotTrusted::MemberListUnusable(_)
            | NotTrusted::UnknownCountry,
        ) => Disabled::Suspended,
        Refusal::Issuer(NotTrusted::NoSuchService) => Disabled::NoOnlineLogin,
        Refusal::Issuer(NotTrusted::NotRecognised | NotTrusted::RecognitionNotInForce | NotTrusted::UnknownClient)
        | Refusal::Client(_)
        | Refusal::Profile
        | Refusal::Purpose
        // Of a person, never of a country.
        | Refusal::Document(_) => Disabled::NotRecognised,
    }
}

/// What a country hint leads to.
pub(crate) enum Hint {
    /// One way to log in: no need to ask.
    Go(CountryCode, EntityId),
    /// The country cannot be used. Another one would not help: the relying party knows which it is.
    Refuse(CountryFault),
    /// The citizen is asked.
    Pick,
}

/// Attacks A14: a hinted country that may not be used is never redirected to.
pub(crate) fn hinted(countries: &[PickerCountry], hint: Option<CountryCode>) -> Hint {
    let Some(named) = countries.iter().find(|country| Some(country.country) == hint) else { return Hint::Pick };
    match (named.disabled, named.services.as_slice()) {
        (None, [only]) => Hint::Go(named.country, only.id.clone()),
        (None, _) => Hint::Pick,
        (Some(Disabled::Unavailable), _) => Hint::Refuse(CountryFault::Unavailable),
        (Some(Disabled::LevelNotReachable), _) => Hint::Refuse(CountryFault::LevelNotReached),
        (Some(Disabled::NoOnlineLogin | Disabled::NotRecognised | Disabled::Suspended), _) => {
            Hint::Refuse(CountryFault::NotAllowed)
        }
    }
}

impl Broker {
    /// May this login go through that service? Asked when it is picked, and again when the person is back.
    pub(crate) fn permit_login<'l>(
        &self,
        as_of: AsOf<'l>,
        request: &AuthorizationRequest,
        country: CountryCode,
        service: &EntityId,
    ) -> Result<Permit<'l>, OAuthError> {
        let permit = may_proceed(as_of, &question(request, country, service))?;
        if self.can_log_in(as_of, permit.issuer().issuer()) { Ok(permit) } else { Err(CountryFault::NotAllowed.into()) }
    }

    /// Whether an issuer is one that a browser can be sent to, and whose answer cannot be taken for another's.
    ///
    /// RFC 9700 §4.4.2: identity providers of one country share its redirect URI. Where there are several, each must say in
    /// its answers who it is (RFC 9207), which its profile then requires as `redirect_issuer`.
    fn can_log_in(&self, as_of: AsOf<'_>, issuer: &Issuer) -> bool {
        let says_who_answers = issuer.profile.get("redirect_issuer").is_some_and(Value::is_string);
        let alone = || {
            let member = as_of.list.member(issuer.country);
            let beside = member.into_iter().flat_map(|member| member.issuers());
            beside.filter(|other| self.takes_browsers(other)).count() < 2
        };
        self.takes_browsers(issuer) && (says_who_answers || alone())
    }

    fn takes_browsers(&self, issuer: &Issuer) -> bool {
        let by_redirect = self.adapters.capabilities(&issuer.adapter).is_some_and(|can| can.redirect_login);
        issuer.kind == IssuerKind::IdentityProvider && by_redirect
    }

    /// The page, with the login sealed into its form.
    pub(crate) fn picker_view(
        &self,
        as_of: AsOf<'_>,
        login: &AwaitingCountry,
        countries: Vec<PickerCountry>,
        set_cookie: BrowserSecret,
    ) -> Result<PickerView, OAuthError> {
        let request = &login.0.request;
        let client =
            as_of.list.trusted_client(&request.client_id, as_of.now).map_err(|_| CountryFault::NotAllowed)?.client();
        let purpose = client.purpose(&request.purpose).ok_or(CountryFault::NotAllowed)?;
        Ok(PickerView {
            form_state: self.keys.sealer.seal_handle(login)?,
            client_name: client.name.clone(),
            client_legal_name: client.organisation.legal_name.clone(),
            purpose_text: purpose.text.clone(),
            level: request.level.max(purpose.min_level),
            countries,
            ui_locales: request.ui_locales.clone(),
            set_cookie: Some(set_cookie),
        })
    }
}
