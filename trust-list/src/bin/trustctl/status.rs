//! `trustctl status`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use strict_jose::Thumbprint;
use trust_list::Tally;
use trust_list::document::{Root, Typ};
use trust_list::publish::{Proposal, Published};

use crate::error::CliError;
use crate::files;
use crate::names::{holder_of, published};
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal.
    proposal: PathBuf,
    /// The published documents, which say who may sign; not needed for the first root.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let proposal = files::read_proposal(&args.proposal)?;
    let documents = args.dir.as_deref().map(published).transpose()?.unwrap_or_default();
    let tallies = documents.tallies(&proposal)?;
    let names = Names { root: root(&documents, &proposal), documents };
    let complete = is_complete(&proposal, &tallies);
    let mut text = format!("kind    {}\ndigest  {}\n", proposal.kind().as_str(), proposal.payload_digest());
    for (label, tally) in &tallies {
        names.describe(&mut text, label, tally);
    }
    let next = if complete { "complete: assemble it" } else { "not complete yet" };
    let _ = writeln!(text, "\n{next}");
    let rows: Vec<Value> = tallies.iter().map(|(label, tally)| names.row(label, tally)).collect();
    let value = json!({
        "kind": proposal.kind().as_str(),
        "digest": proposal.payload_digest(),
        "complete": complete,
        "quorums": rows,
    });
    Ok(Outcome::done(text, value))
}

/// Every quorum must be met; a suspension order needs one of its quorums only.
pub(crate) fn is_complete(proposal: &Proposal, tallies: &[(&'static str, Tally)]) -> bool {
    let met = |(_, tally): &(&str, Tally)| tally.missing() == 0;
    if proposal.kind() == Typ::Suspension { tallies.iter().any(met) } else { tallies.iter().all(met) }
}

/// Who is behind the keys.
struct Names {
    root: Option<Root>,
    documents: Published,
}

/// The root that is proposed, else the newest one.
fn root(documents: &Published, proposal: &Proposal) -> Option<Root> {
    if proposal.kind() == Typ::Root { Root::read(proposal.document()).ok() } else { documents.root().ok() }
}

impl Names {
    fn of(&self, key: &Thumbprint) -> String {
        holder_of(self.root.as_ref(), &self.documents, key)
    }

    fn describe(&self, text: &mut String, label: &str, tally: &Tally) {
        let (quorum, missing) = (tally.quorum, tally.missing());
        let _ = writeln!(
            text,
            "\n{label}: {} of {} keys, {} of {} countries; {missing} missing",
            tally.signed.len(),
            quorum.threshold,
            tally.countries.len(),
            quorum.countries,
        );
        for key in &tally.signed {
            let _ = writeln!(text, "  {key}  {}", self.of(key));
        }
    }

    fn row(&self, label: &str, tally: &Tally) -> Value {
        let signed = tally.signed.iter().map(|key| json!({ "key": key, "holder": self.of(key) }));
        json!({
            "by": label,
            "signed": signed.collect::<Vec<_>>(),
            "countries": tally.countries,
            "threshold": tally.quorum.threshold,
            "countries_needed": tally.quorum.countries,
            "missing": tally.missing(),
        })
    }
}
