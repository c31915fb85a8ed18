//! Logs: one JSON object a line on standard error, nothing about persons in it.

use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` chooses what is written, e.g. `info,hub_core=debug`; `info` when it is not set.
pub fn start() {
    let filter = EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // The JSON format escapes control characters, so nothing that a peer sent can start a line of its own (attacks
    // R12).
    let logging =
        tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(std::io::stderr);
    if logging.try_init().is_err() {
        eprintln!("logging was already started");
    }
    std::panic::set_hook(Box::new(log_panic));
}

// The message of a panic may hold what was being worked on; the place never does.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    tracing::error!(place, "panicked");
}
