//! Stories over the broker: a real region, real kits, a provider behind a scripted port, the embedded store.
//!
//! Titles carry the case ids of the threat table where one applies.

#[cfg(test)]
mod support;

#[cfg(test)]
mod callback;
#[cfg(test)]
mod client_authentication;
#[cfg(test)]
mod document;
#[cfg(test)]
mod dpop;
#[cfg(test)]
mod exchange;
#[cfg(test)]
mod federation;
#[cfg(test)]
mod login;
#[cfg(test)]
mod once;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod pushed;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod spans;
#[cfg(test)]
mod tightened;
#[cfg(test)]
mod token;
#[cfg(test)]
mod userinfo;
