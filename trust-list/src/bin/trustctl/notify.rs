//! Telling a hub that there are newer documents. It verifies them as ever: a false alarm costs it a look.

/// Asks the hub to look now, `POST /trust/refresh` on its management address. It answers 202 and looks by itself. A hub
/// that is not told finds out at its next turn.
#[cfg(feature = "upload")]
pub(crate) fn tell(hub: &str) -> Result<(), String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(LIMIT).redirect(reqwest::redirect::Policy::none()).no_proxy();
        let client = client.build().map_err(|error| error.to_string())?;
        let answer = client.post(hub).send().await.map_err(|error| reason(&error))?;
        match answer.status() {
            reqwest::StatusCode::ACCEPTED => Ok(()),
            status => Err(format!("it answered {status}; the address ends in /trust/refresh on the management port")),
        }
    })
}

/// The last cause says what the connection met.
#[cfg(feature = "upload")]
fn reason(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// A hub answers at once; the publisher has others to tell.
#[cfg(feature = "upload")]
const LIMIT: std::time::Duration = std::time::Duration::from_secs(5);

#[cfg(not(feature = "upload"))]
pub(crate) fn tell(_hub: &str) -> Result<(), String> {
    Err("this trustctl is built without the feature upload".to_owned())
}
