//! `trustctl suspend`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::document::{SuspensionOrder, SuspensionReason, SuspensionTarget};

use crate::deliver::{Delivery, Targets};
use crate::error::CliError;
use crate::names::published;
use crate::outcome::Outcome;
use crate::status::is_complete;
use crate::{files, publish};

/// A member's own signer, or the regulator of that country, suspends it alone. Anything else takes two regulators of two
/// countries: each runs this command, or the second signs the first one's order with `trustctl sign`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The member; or one of its entities; or of that one key, or one level and all above it.
    #[arg(value_name = "COUNTRY[/ENTITY[/key/THUMBPRINT|/level/LEVEL]]")]
    target: SuspensionTarget,
    /// Why: key-compromise, misissuance, security-incident, legal-order, own-request or drill.
    #[arg(long, value_name = "CODE")]
    reason: SuspensionReason,
    /// Your private key: a file, or a pkcs11: URI.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Write the order to this file, for others to sign or to publish.
    #[arg(long, value_name = "FILE", required_unless_present = "publish_key")]
    out: Option<PathBuf>,
    /// Publish the order at once with this online key. Repeat if the root wants several.
    #[arg(long, value_name = "KEY")]
    publish_key: Vec<PathBuf>,
    #[command(flatten)]
    targets: Targets,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let documents = published(&args.dir)?;
    let (target, reason) = (args.target.clone(), args.reason);
    let order = SuspensionOrder { region: documents.root()?.document().region, target, reason, issued: now };
    let order = order.sign(&files::read_private_key(&args.key)?)?;
    let tallies = documents.tallies(&order)?;
    if tallies.iter().all(|(_, tally)| tally.signed.is_empty()) {
        return Err(CliError::Refused(format!("this key may not suspend {}", args.target)));
    }
    if let Some(out) = &args.out {
        files::write(out, &order.to_bytes())?;
    }
    let published = !args.publish_key.is_empty();
    if !published && !args.targets.is_empty() {
        return Err(CliError::Usage("to bring the order out it must be published: give --publish-key".to_owned()));
    }
    let mut delivery = Delivery::default();
    if published {
        let keys = args.publish_key.iter().map(|path| files::read_private_key(path)).collect::<Result<Vec<_>, _>>()?;
        publish::restamp(&args.dir, &keys, std::slice::from_ref(&order), now, None)?;
        delivery = args.targets.deliver(&args.dir, now)?;
    }
    let alone = is_complete(&order, &tallies);
    let force =
        if alone { "this order is enough" } else { "it takes the order of a second regulator, of another country" };
    let where_to = if published { "published" } else { "not published yet: trustctl publish --order FILE" };
    let text = format!("suspend  {}\nreason   {reason}\nforce    {force}\nstate    {where_to}", args.target);
    let value = json!({ "target": args.target.to_string(), "reason": reason, "enough": alone, "published": published });
    Ok(delivery.add_to(Outcome::done(text, value)))
}
