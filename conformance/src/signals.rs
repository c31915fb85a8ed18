//! Being told to end.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when the process gets SIGINT or SIGTERM. Whoever selects on it drops what it started, so that no child
/// process is left behind.
pub async fn interrupted() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        ended = tokio::signal::ctrl_c() => ended,
    }
}
