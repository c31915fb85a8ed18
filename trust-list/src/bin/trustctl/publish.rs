//! `trustctl publish`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::VerifiedList;
use trust_list::publish::{Proposal, Published};

use crate::deliver::Targets;
use crate::error::CliError;
use crate::names::published;
use crate::outcome::Outcome;
use crate::signer::Signer;
use crate::{files, log, snapshot};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The online key: a file, or a pkcs11: URI. Repeat if the root wants several.
    #[arg(long = "key", value_name = "KEY", required = true)]
    keys: Vec<PathBuf>,
    /// A signed suspension order to carry. Repeat for each; orders that hold are carried on by themselves.
    #[arg(long = "order", value_name = "FILE")]
    orders: Vec<PathBuf>,
    /// How many seconds the status lives; an hour without this, at most what the root allows.
    #[arg(long, value_name = "SECONDS")]
    life: Option<i64>,
    /// The private key of the transparency log: what it lacks is entered first. A list becomes current once enough
    /// witnesses cosigned that; orders never wait.
    #[arg(long, value_name = "FILE")]
    log_key: Option<PathBuf>,
    #[command(flatten)]
    targets: Targets,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let keys = args.keys.iter().map(|path| files::read_private_key(path)).collect::<Result<Vec<_>, _>>()?;
    let orders = args.orders.iter().map(|path| files::read_proposal(path)).collect::<Result<Vec<_>, _>>()?;
    if let Some(key) = &args.log_key {
        log::append_new(&args.dir, key)?;
    }
    let (documents, list) = restamp(&args.dir, &keys, &orders, now, args.life)?;
    let delivery = args.targets.deliver(&args.dir, now)?;
    let status = documents.status()?;
    let lists = status.lists.iter().map(|entry| format!("{} {}", entry.name, entry.sequence)).collect::<Vec<_>>();
    let notices: Vec<String> = list.notices().iter().map(ToString::to_string).collect();
    let mut text = format!(
        "status   {}\nexpires  {}\nlists    {}\norders   {}\n\nPublish again before it expires.",
        status.version,
        status.expires.to_rfc3339(),
        lists.join(", "),
        status.suspensions.len(),
    );
    let waiting: Vec<String> = documents.waiting()?.iter().map(ToString::to_string).collect();
    for path in &waiting {
        let _ = write!(
            text,
            "\nwaits    {path}, for the witnesses of the log: `trustctl log checkpoint` shows who is missing"
        );
    }
    for notice in &notices {
        let _ = write!(text, "\nnotice   {notice}");
    }
    let value = json!({
        "version": status.version,
        "expires": status.expires.to_rfc3339(),
        "lists": status.lists,
        "orders": status.suspensions.len(),
        "waiting": waiting,
        "notices": notices,
    });
    Ok(delivery.add_to(Outcome::done(text, value)))
}

/// Makes the newest documents in `dir` current, if a client accepts them; answers what one makes of them that sees them
/// first.
pub(crate) fn restamp(
    dir: &Path,
    keys: &[Signer],
    orders: &[Proposal],
    now: UnixTime,
    life: Option<i64>,
) -> Result<(Published, Arc<VerifiedList>), CliError> {
    let _alone = files::lock(dir)?;
    let mut documents = published(dir)?;
    documents.restamp(keys, orders, now, life)?;
    let list = snapshot::verify_documents(&documents, now)?;
    documents.write_to(dir)?;
    Ok((documents, list))
}
