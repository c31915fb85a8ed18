//! Simulated member states, the demo, black-box suites and the load driver.
pub mod clock;
pub mod files;
pub mod jose;
pub mod persona;
pub mod pki;
pub mod serve;
pub mod sim;
