//! `conformance demo`: the whole region on this machine, a tour through it, and then it stays up for whoever wants to
//! look around.
//!
//! 1. [`stage`] starts everything: three states, publisher, hub, bank, pension fund, the regulators' desk.
//! 2. [`contract`] writes `demo.json`: all that a tester's programs need to know.
//! 3. [`tour`] does five things and says what happens on the wire.

mod bank;
mod contract;
mod control;
mod pages;
mod pension;
mod stage;
mod tour;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};

use self::stage::Stage;
use crate::signals::interrupted;

/// How the demo is started.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Everything listens on 127.0.0.1, from the port base on:
  +0 the hub (https)             +1 the hub's operators' listener (http)
  +2 the trust lists' publisher  +3 XA's eSignet   +4 XE's OpenID provider   +5 XF's card desk
  +6 the bank                    +7 the pension fund   +8 the regulators' desk

Everything but +1 shows a certificate of the demo's own authority, ca_file in demo.json.

While it runs:
  - Change how a provider behaves: POST /config of +3 or +4 with {\"faults\": [\"INVALID_ISS\"]}; [] makes it honest again.
    GET /config shows the persons and what is set. Faults are the variants of conformance::sim::faults::Fault.
  - Suspend and reinstate: POST /suspend or /reinstate of +8 with {\"country\": \"XA\", \"entity\": \"esignet\"}.
    The hub looks at the lists every two seconds.

Exit codes: 0 all steps did what they should; 1 one did not, or something could not be started.")]
pub struct DemoArgs {
    /// Do the tour, then exit 0 or 1.
    #[arg(long, conflicts_with = "no_tour")]
    pub check: bool,
    /// Skip the tour and stay up.
    #[arg(long)]
    pub no_tour: bool,
    /// Where the hub keeps logins on their way: `memory` or `redis://host:port`.
    #[arg(long, value_name = "STORE", default_value = "memory")]
    pub store: String,
    /// Where the demo's files go; `demo.json` is among them. What an earlier demo left there is removed.
    #[arg(long, value_name = "FOLDER", default_value = "target/demo")]
    pub dir: PathBuf,
    /// The first of nine ports.
    #[arg(long, value_name = "PORT", default_value_t = 7440)]
    pub port_base: u16,
    /// The hub's binary; by default the one beside this executable.
    #[arg(long, value_name = "FILE")]
    pub hub: Option<PathBuf>,
    /// A member state whose OpenID provider somebody else runs, as JSON (see conformance::region::ExtraMember).
    #[arg(long, value_name = "FILE")]
    pub extra_member: Option<PathBuf>,
}

/// The status document is signed anew this often.
const RESTAMP_EVERY: Duration = Duration::from_mins(1);

/// Runs the demo; true if every step of the tour did what it should.
pub async fn run(args: &DemoArgs) -> anyhow::Result<bool> {
    let opening = async {
        let stage = Stage::start(args).await?;
        contract::write(&stage, &args.dir)?;
        let went_well = args.no_tour || tour::run(&stage).await;
        anyhow::Ok((stage, went_well))
    };
    let (mut stage, went_well) = tokio::select! {
        opened = opening => opened?,
        told = interrupted() => told.map_err(Into::into).and_then(|()| bail!("interrupted"))?,
    };
    if args.check {
        println!("{}", if went_well { "\nAll steps did what they should." } else { "\nA step failed." });
        return Ok(went_well);
    }
    println!("{}", invitation(&stage, args));
    stay(&mut stage).await?;
    Ok(went_well)
}

fn invitation(stage: &Stage, args: &DemoArgs) -> String {
    let first = |country| crate::persona::of(country).unwrap_or_default().into_iter().take(2);
    let person = |it: crate::persona::Persona| {
        format!("    {:<16} login {:<12} code or password {}\n", it.name, it.login, it.secret)
    };
    let persons = ["XA", "XE"].into_iter().flat_map(first).map(person).collect::<Vec<_>>().concat();
    format!(
        "\nThe region stays up. Open {} in a browser (accept the certificate of the demo, or import {}).\n\
         Persons, and many more on the national login pages:\n{persons}\
         What programs need is in {}. End with Ctrl-C.",
        stage.bank_url,
        stage.region.ca_file().display(),
        args.dir.join("demo.json").display()
    )
}

/// Keeps the lists fresh until the demo is told to end.
async fn stay(stage: &mut Stage) -> anyhow::Result<()> {
    let mut minute = tokio::time::interval(RESTAMP_EVERY);
    let mut look = tokio::time::interval(Duration::from_secs(1));
    let told = interrupted();
    tokio::pin!(told);
    loop {
        tokio::select! {
            _ = minute.tick() => stage.region.restamp().context("the status cannot be signed anew")?,
            _ = look.tick() => stage.hub.still_running()?,
            ended = &mut told => return Ok(ended?),
        }
    }
}
