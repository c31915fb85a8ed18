//! Simulated member states, the demo, black-box suites and the load driver.
//!
//! A tour, from the wire up:
//!
//! 1. [`jose`], [`json`], [`pki`], [`serve`]: keys, certificates and TLS servers of the simulated parties.
//! 2. [`sim`]: the member states XA (eSignet), XE (generic OpenID), XF (cards), with the persons of [`persona`].
//! 3. [`region`]: the states together, with regulators, signed lists and a publisher.
//! 4. [`rp`] and [`browser`]: a relying party, and a citizen's browser that runs no script.
//! 5. [`hub_process`]: a hub to drive.
//! 6. [`demo`]: everything on this machine, with a tour.
//! 7. [`load`]: what each operation costs beside its floor.
//!
//! This crate is a test bench: its errors are `anyhow`'s, because all that is ever done with one is to read it.

pub mod browser;
pub mod clock;
pub mod demo;
pub mod files;
pub mod hub_process;
pub mod jose;
pub mod json;
pub mod load;
pub mod national_client;
pub mod persona;
pub mod pki;
pub mod region;
pub mod rp;
pub mod serve;
pub mod signals;
pub mod sim;
