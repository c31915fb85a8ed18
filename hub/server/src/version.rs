//! What this build is.

/// The version of the crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `production`, or `test-profile`: loopback peers and invented countries are possible.
pub const BUILD: &str = if cfg!(feature = "test-profile") { "test-profile" } else { "production" };

/// For `--version`.
pub const LONG: &str = if cfg!(feature = "test-profile") {
    concat!(
        env!("CARGO_PKG_VERSION"),
        " (test-profile build: loopback peers and invented countries are possible, never use it in production)"
    )
} else {
    concat!(env!("CARGO_PKG_VERSION"), " (production build)")
};
