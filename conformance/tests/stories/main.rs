//! The hub as others meet it, over TLS: stories of citizens and services, and the threat table as they would live it.
//!
//! Titles carry the numbers of the threat table. [`support`] has a region and a hub in this process, on one clock that
//! a test moves; [`processes`] has hubs that are killed.

#[cfg(test)]
mod authorization_request;
#[cfg(test)]
mod callback;
#[cfg(test)]
mod citizens;
#[cfg(test)]
mod client_authentication;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod replicas;
#[cfg(test)]
mod simulators;
#[cfg(test)]
mod support;
#[cfg(test)]
mod suspension;
#[cfg(test)]
mod time;
#[cfg(test)]
mod token_endpoint;
