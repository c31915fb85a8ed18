//! `trustctl promote`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::HighWater;

use crate::deliver::Delivery;
use crate::error::CliError;
use crate::outcome::Outcome;
use crate::place::Place;
use crate::place::tree::Tree;
use crate::{files, snapshot};

/// Brings what lies in staging to production, if a client would accept it there: one that pinned the root, and one that
/// has seen what production shows now.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The root that clients pin.
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// Where the documents are tried out: a folder or an object store.
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// Where clients read them.
    #[arg(long, value_name = "PLACE")]
    to: String,
    /// Then tell this hub to look: http://HOST:PORT/trust/refresh on its management address. Repeat for each.
    #[arg(long = "notify", value_name = "URL")]
    hubs: Vec<String>,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let root = files::read(&args.root)?;
    // Read once: what is verified is what is sent.
    let staged = Tree::of(&Place::open(&args.from)?)?;
    let documents = staged.documents();
    let list = snapshot::run(&root, &documents, &mut HighWater::volatile(), now)?;
    snapshot::require_whole(&documents)?;
    let production = Place::open(&args.to)?;
    let current = Tree::of(&production)?.documents();
    let mut memory = HighWater::volatile();
    // A production that is empty or past its end binds nobody. `send` compares the numbers once more.
    if snapshot::run(&root, &current, &mut memory, now).is_ok() {
        snapshot::run(&root, &documents, &mut memory, now)?;
    }
    let delivery = Delivery::sent(production.send(&staged)?).tell(&args.hubs);
    let text = format!("status   {}\nissuers  {}\n", list.sequence(), list.anchor_count());
    let value = json!({ "version": list.sequence(), "issuers": list.anchor_count() });
    Ok(delivery.add_to(Outcome::done(text, value)))
}
