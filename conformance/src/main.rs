//! The command line of the test bench.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use conformance::clock::Clock;
use conformance::demo::{self, DemoArgs};
use conformance::load::floor;
use conformance::load::{self, LoadArgs};
use conformance::region::{Options, Ports, Region};
use conformance::signals::interrupted;

/// Simulated member states, a demo, and a load driver for the hub. Nothing here belongs into production.
///
/// Exit codes: 0 all is well; 1 something failed or a bar was missed; 2 the command line is wrong.
#[derive(Debug, Parser)]
#[command(name = "conformance", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Three simulated member states, a hub, a bank, a pension fund; a tour through them; then they stay up.
    Demo(DemoArgs),
    /// The simulated member states and their publisher alone, for a hub that you run yourself.
    Sim(SimArgs),
    /// CPU of each operation beside its floor, Redis round trips, memory. Measure release builds.
    Load(LoadArgs),
    /// A hub, as `hub serve` runs it, with the test profile built in.
    #[command(alias = "serve")]
    Hub {
        /// Its TOML file.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// The floor's server; `load` starts it.
    #[command(hide = true)]
    Floor,
}

#[derive(Debug, clap::Args)]
struct SimArgs {
    /// Where the region's files go: ca.pem and trust/root/1.json are among them.
    #[arg(long, value_name = "FOLDER", default_value = "target/sim")]
    dir: PathBuf,
    /// The first of four ports: publisher, XA, XE, XF.
    #[arg(long, value_name = "PORT", default_value_t = 7442)]
    port_base: u16,
    /// The issuer of your hub: persons are sent back to <issuer>/callback/<country>.
    #[arg(long, value_name = "URL")]
    hub_issuer: String,
    /// Your hub's public keys towards national providers, as `hub keys generate` writes them to upstream/jwks.json.
    #[arg(long, value_name = "FILE")]
    hub_jwks: PathBuf,
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    match &command {
        Command::Hub { .. } => hub::logging::start(),
        _ => tracing_subscriber::fmt().with_env_filter("warn").with_writer(std::io::stderr).init(),
    }
    match run(command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<bool> {
    if let Command::Floor = command {
        return floor::run().map(|()| true);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Demo(args) => demo::run(&args).await,
            Command::Load(args) => tokio::select! {
                done = load::run(&args) => done,
                told = interrupted() => told.map(|()| false).map_err(Into::into),
            },
            Command::Sim(args) => sim(args).await.map(|()| true),
            Command::Hub { config } => serve_hub(&config).await.map(|()| true),
            Command::Floor => Ok(true),
        }
    })
}

async fn serve_hub(config: &Path) -> anyhow::Result<()> {
    let running = hub::start(hub::Wiring::new(hub::Config::load(config)?)).await?;
    interrupted().await?;
    Ok(running.stop().await?)
}

async fn sim(args: SimArgs) -> anyhow::Result<()> {
    let base = args.port_base;
    let jwks: serde_json::Value = serde_json::from_slice(&std::fs::read(&args.hub_jwks)?)?;
    let region = Region::start(Options {
        hub_issuer: args.hub_issuer,
        ports: Ports { publisher: base, xa: base + 1, xe: base + 2, xf: base + 3 },
        ..Options::new(args.dir, Clock::system())
    })?;
    region.register_hub(&jwks);
    println!("publisher {}   pinned root {}", region.publisher_server.url(), region.root_file().display());
    println!("authority {}", region.ca_file().display());
    for (country, server) in [("XA", &region.xa), ("XE", &region.xe), ("XF", &region.xf)] {
        println!("{country} {}   (persons and faults: /config)", server.url());
    }
    let mut minute = tokio::time::interval(std::time::Duration::from_mins(1));
    let told = interrupted();
    tokio::pin!(told);
    loop {
        tokio::select! {
            _ = minute.tick() => region.restamp()?,
            ended = &mut told => return Ok(ended?),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
