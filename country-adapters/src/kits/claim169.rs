//! Claim 169: a national card as a QR code, checked without any network.
//!
//! ```text
//! QR text --transport--> CWT bytes --SignedCwt::parse--> SignedCwt --verify--> CwtClaims --identity--> claims
//! ```
//!
//! 1. `transport`: Base45, zlib, perhaps hexadecimal, every step capped.
//! 2. `cose`: the signed CWT. Its algorithm comes from the protected header, its key from the signed list, by issuer
//!    and kid. Nothing is fetched.
//! 3. `cwt`: issuer and times.
//! 4. `identity`: the person.
//!
//! Nobody has asked whether the card was revoked: the result says `CredentialStatus::NotChecked`, always.
//!
//! [`emit`] writes such codes, for simulators and tests.
//!
//! A profile with every field there is; those that may be left out have a default in `profile.rs`. The keys are in the list entry itself:
//!
//! ```json
#![doc = include_str!("../../profiles/claim169.json")]
//! ```

mod cbor;
mod cose;
mod cwt;
pub mod emit;
mod identity;
mod profile;
mod transport;

use async_trait::async_trait;
use serde_json::Value;
use strict_jose::sha256;
use trust_list::TrustedIssuer;

use crate::assertion::Checked;
use crate::error::{AdapterError, ProfileError, Unsupported};
use crate::profile::{Profile, ProfileCache};
use crate::{
    Capabilities, Context, CountryAdapter, CredentialStatus, DocumentStatus, PersonStatus, Presented, VerifiedAssertion,
};
use cose::SignedCwt;
use cwt::CwtClaims;
use identity::Identity;
use profile::Claim169Profile;

pub use transport::Shape;

/// The kit for Claim 169.
#[derive(Default)]
pub struct Claim169Kit {
    profiles: ProfileCache<Claim169Profile>,
}

#[async_trait]
impl CountryAdapter for Claim169Kit {
    fn kind(&self) -> &'static str {
        Claim169Profile::KIND
    }

    fn check_profile(&self, profile: &Value) -> Result<(), ProfileError> {
        Claim169Profile::parse(profile).map(|_| ())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { redirect_login: false, present_credential: true, exchange_assertion: false }
    }

    async fn present(
        &self,
        issuer: &TrustedIssuer<'_>,
        presented: &Presented<'_>,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let Presented::Claim169 { qr } = presented else {
            return Err(Unsupported::PresentationKind.into());
        };
        let profile = self.profiles.of(issuer)?;
        verify(issuer, &profile, qr, ctx)
    }
}

fn verify(
    issuer: &TrustedIssuer<'_>,
    profile: &Claim169Profile,
    qr: &str,
    ctx: &Context<'_>,
) -> Result<VerifiedAssertion, AdapterError> {
    let (bytes, packing) = transport::unpack(qr)?;
    let signed = SignedCwt::parse(&bytes)?;
    let claims = signed.verify(issuer, profile, ctx.now)?;
    claims.check_issuer(profile)?;
    let expires_at = claims.check_times(profile, ctx.now)?;
    let (identity, nesting) = Identity::of(&claims)?;
    tracing::debug!(country = %issuer.country(), shape = ?Shape::of(packing, nesting), "credential verified");
    let checked = Checked {
        subject: identity.subject(&claims)?,
        level: profile.level,
        methods: vec!["card".to_owned()],
        // Showing a card is not logging in.
        auth_time: None,
        claims: identity.claims(),
        person_status: PersonStatus::Unknown,
        document_status: DocumentStatus::Unknown,
        credential_status: CredentialStatus::NotChecked,
        subject_stability: profile.subject_stability,
        assertion_digest: sha256(&bytes),
        trust_framework: profile.trust_framework.clone(),
        // A card is shown again and again.
        one_time_id: None,
        expires_at: Some(expires_at),
        verified_at: ctx.now,
    };
    Ok(VerifiedAssertion::new(issuer, checked))
}

/// Who a code says has issued it, before anyone vouches for that: to find the list entry to check it against.
pub(crate) fn claimed_issuer(qr: &str) -> Option<String> {
    let (bytes, _) = transport::unpack(qr).ok()?;
    let claims: CwtClaims = SignedCwt::parse(&bytes).ok()?.claims_unverified().ok()?;
    claims.issuer().map(str::to_owned)
}

/// Everything a code says, believed by nobody, for [`crate::fuzzing`].
pub(crate) fn fuzz_qr(qr: &str) {
    if let Ok((bytes, _)) = transport::unpack(qr) {
        fuzz_cwt(&bytes);
    }
}

/// The same from the bytes inside.
pub(crate) fn fuzz_cwt(bytes: &[u8]) {
    if let Ok(claims) = SignedCwt::parse(bytes).and_then(|signed| signed.claims_unverified())
        && let Ok((identity, _)) = Identity::of(&claims)
    {
        drop(identity.subject(&claims));
        drop(identity.claims());
    }
}
