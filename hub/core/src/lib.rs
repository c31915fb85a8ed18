//! The rules of the broker: no HTTP server, no Redis, no clock, no sockets.
//!
//! # A tour
//!
//! 1. A [`Broker`] is made of settings, keys and ports. Each endpoint is one of its methods; what comes in is a
//!    [`Form`] and a [`RequestHead`] or a [`Browser`], what goes out is an answer, a [`BrowserOutcome`] or an
//!    [`OAuthError`]. The state of trust and the time are arguments of every call.
//! 2. [`Broker::pushed_authorization_request`]: the relying party shows who it is and says what it wants. The request
//!    is checked whole, here and only here.
//! 3. [`Broker::authorize`]: the citizen's browser arrives with a `request_uri` and gets the country picker.
//! 4. [`Broker::choose_country`]: policy is asked, the adapter of the country begins, the browser is sent to the national
//!    identity provider.
//! 5. [`Broker::callback`]: the login is taken, the issuer looked up again, the adapter finishes, and policy makes the
//!    [`Release`]: who the person is for this relying party, and not a claim more than was asked for and allowed.
//! 6. [`Broker::consent`]: the citizen allows or denies; the browser goes back to the relying party.
//! 7. [`Broker::token`]: four grants, each ending in: taken once, policy asked again, audit on disk, signed.
//! 8. [`Broker::userinfo`], [`Broker::revoke`] and [`Broker::verify_credential`] look at tokens and ask policy again.
//! 9. [`Broker::metadata`] and [`Broker::jwks`] say what is served.
//!
//! ```text
//! pushed_authorization_request(&TrustState, &RequestHead, &Form, now) -> Result<PushedRequestAnswer, OAuthError>   async
//! authorize     (&TrustState, &Form (query), &Browser, now)           -> BrowserOutcome                             async
//! choose_country(&TrustState, &Form (body), &Browser, now)            -> BrowserOutcome                             async
//! picker_again  (&TrustState, &Form (body), &Browser, now)            -> BrowserOutcome                             async
//! callback      (&TrustState, country: &str, &Form (query), &Browser, now) -> BrowserOutcome                        async
//! consent       (&TrustState, &Form (body), &Browser, now)            -> BrowserOutcome                             async
//! token         (&TrustState, &RequestHead, &Form, now)               -> Result<TokenAnswer, OAuthError>            async
//! userinfo      (&TrustState, &RequestHead, now)                      -> Result<UserinfoAnswer, OAuthError>         async
//! revoke        (&TrustState, &RequestHead, &Form, now)               -> Result<(), OAuthError>                     async
//! verify_credential(&TrustState, &RequestHead, body: &[u8], now)      -> Result<CredentialAnswer, OAuthError>       async
//! metadata      (&TrustState)                                         -> Arc<[u8]>   application/json
//! jwks          ()                                                    -> &[u8]       application/jwk-set+json
//! ```
//!
//! What everything rests on: [`policy`] (may it proceed? what is released?), [`ports`] (what is kept, and what is taken
//! once), [`sealed`] (what leaves our memory), [`audit`] (what is recorded before anything is issued), [`error`] (whose
//! fault, and how the peer learns of it).
//!
//! Access tokens are bearer tokens: a sender constraint (DPoP, mutual TLS) is not enforced yet. It slots in at
//! [`RequestHead`], after client authentication, and after an access token is verified.

pub mod audit;
pub mod config;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
pub mod error;
pub mod fuzzing;
pub mod handles;
pub mod policy;
pub mod ports;
pub mod quota;
pub mod sealed;
pub mod store;

mod access;
mod answer;
mod assurance;
mod auditing;
mod authorize;
mod broker;
mod browser;
mod callback;
mod choose;
mod client_auth;
mod consent;
mod dpop;
mod end;
mod form;
mod grant;
mod login;
mod metadata;
mod mint;
mod picker;
mod pushed;
mod redraw;
mod renewal;
mod request;
mod revoke;
mod stop;
mod subject;
mod token;
mod userinfo;
mod verify;

pub use answer::{
    CredentialAnswer, CredentialRefusal, ProofHeader, PushedRequestAnswer, RefusedCredential, RequestHead, TokenAnswer,
    TokenType, UserinfoAnswer, VerifiedCredential,
};
pub use broker::{Broker, Keys, Parts};
pub use browser::{
    Browser, BrowserOutcome, BrowserSecret, ConsentClaim, ConsentView, Disabled, DocumentView, PageError, PageReason,
    PickerCountry, PickerService, PickerView, Redirect, RedirectReason,
};
pub use config::{Config, ConfigError, IssuerUrl, Lifetimes};
pub use error::{Challenge, ErrorCode, OAuthError, Wire};
pub use form::Form;
pub use policy::{DocumentProblem, Release};
pub use subject::PairwiseSecret;
