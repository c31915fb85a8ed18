//! `trustctl status`

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use strict_jose::Thumbprint;
use trust_list::Tally;
use trust_list::document::{Root, Typ};
use trust_list::publish::{Proposal, Published};

use crate::error::CliError;
use crate::names::{holder_of, published};
use crate::outcome::Outcome;
use crate::parts::{self, Gathered};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal.
    proposal: PathBuf,
    /// What came back apart from it: signatures alone, signed copies, refusals.
    #[arg(value_name = "FILE")]
    others: Vec<PathBuf>,
    /// The published documents, which say who may sign; not needed for the first root.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let gathered = parts::gather(&args.proposal, &args.others)?;
    let proposal = &gathered.proposal;
    let documents = args.dir.as_deref().map(published).transpose()?.unwrap_or_default();
    let tallies = documents.tallies(proposal)?;
    let refusals = refusals(&gathered, &documents)?;
    let names = Names { root: root(&documents, proposal), documents, refusals };
    let complete = is_complete(proposal, &tallies);
    let (kind, digest) = (proposal.kind().as_str(), proposal.payload_digest());
    let mut text = format!("kind    {kind}\nsays    {}\ndigest  {digest}\n", proposal.summary()?);
    for (label, tally) in &tallies {
        names.describe(&mut text, label, tally);
    }
    let uncounted = gathered.uncounted(&tallies);
    for file in &uncounted {
        let _ = writeln!(text, "\n{file} counts for nothing: not by a key that may sign this, or damaged on the way");
    }
    let next = if complete { "complete: assemble it" } else { "not complete yet" };
    let _ = writeln!(text, "\n{next}");
    let rows: Vec<Value> = tallies.iter().map(|(label, tally)| names.row(label, tally)).collect();
    let value = json!({
        "kind": kind,
        "digest": digest,
        "complete": complete,
        "quorums": rows,
        "uncounted": uncounted,
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
    refusals: Vec<(Thumbprint, String)>,
}

/// The refusals of this proposal by keys that may sign it, with their reasons. Others are nobody's business.
fn refusals(gathered: &Gathered, documents: &Published) -> Result<Vec<(Thumbprint, String)>, CliError> {
    let signers = documents.may_sign(&gathered.proposal)?;
    let mut refusals = Vec::new();
    for refusal in gathered.refusals.iter().filter(|refusal| refusal.is_about(&gathered.proposal)) {
        let by = signers.iter().flat_map(|signers| refusal.by(signers)).collect::<BTreeSet<_>>();
        refusals.extend(by.into_iter().map(|key| (key, refusal.refusal().reason.clone())));
    }
    Ok(refusals)
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
            let _ = writeln!(text, "  signed   {key}  {}", self.of(key));
        }
        for (key, reason) in self.refused(tally) {
            let _ = writeln!(text, "  refused  {key}  {}: {reason:?}", self.of(key));
        }
        for key in self.open(tally) {
            let _ = writeln!(text, "  open     {key}  {}", self.of(key));
        }
    }

    fn refused<'s>(&'s self, tally: &'s Tally) -> impl Iterator<Item = (&'s Thumbprint, &'s str)> {
        let concerned = |key: &Thumbprint| tally.open.contains(key) || tally.signed.contains(key);
        self.refusals.iter().filter(move |(key, _)| concerned(key)).map(|(key, reason)| (key, reason.as_str()))
    }

    fn open<'s>(&'s self, tally: &'s Tally) -> impl Iterator<Item = &'s Thumbprint> {
        tally.open.iter().filter(|key| !self.refusals.iter().any(|(refused, _)| refused == *key))
    }

    fn row(&self, label: &str, tally: &Tally) -> Value {
        let named = |key: &Thumbprint| json!({ "key": key, "holder": self.of(key) });
        let refused =
            self.refused(tally).map(|(key, reason)| json!({ "key": key, "holder": self.of(key), "reason": reason }));
        json!({
            "by": label,
            "signed": tally.signed.iter().map(named).collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
            "open": self.open(tally).map(named).collect::<Vec<_>>(),
            "countries": tally.countries,
            "threshold": tally.quorum.threshold,
            "countries_needed": tally.quorum.countries,
            "missing": tally.missing(),
        })
    }
}
