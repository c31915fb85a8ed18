//! The simulated member states.
//!
//! | state | protocol | module |
//! |---|---|---|
//! | XA | eSignet 1.8, quirks included | [`esignet`] |
//! | XE | a generic OpenID provider, shaped like Keycloak | [`oidc`] |
//! | XF | Claim 169 cards read offline | [`cards`] |
//!
//! Each runs on its own TLS port with its own keys, and can be told to misbehave while it runs: `GET /config` shows
//! how it behaves now, `POST /config` changes it (see [`faults`]).
//!
//! To add a state: 1. write its module with a `start` that returns a [`crate::serve::Served`]; 2. give it persons in
//! `personas.json`; 3. enter it in the lists in [`crate::region`].

pub mod broken;
pub mod cards;
pub mod client;
pub mod esignet;
pub mod faults;
pub mod http;
pub mod id_token;
pub mod jwe;
pub mod oidc;
pub mod page;
