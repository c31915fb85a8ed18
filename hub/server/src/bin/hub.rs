//! The command line of the hub.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use hub::config::ConfigError;
use hub::{Config, StartError, Wiring, check, keys, logging, version};

/// A regional hub for cross-border digital identity.
///
/// Exit codes: 0 all is well; 1 the configuration, or something it names, is wrong; 2 the command line is wrong;
/// 3 the hub failed while it ran.
#[derive(Debug, Parser)]
#[command(name = "hub", version = version::LONG, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT; requests in flight then have 30 seconds.
    Serve(ConfigFile),
    /// Load everything the configuration names, serve nothing, and say what to do about what is wrong.
    Check {
        #[command(flatten)]
        config: ConfigFile,
        /// Also ask the store whether it answers.
        #[arg(long)]
        with_store: bool,
    },
    /// Keys of the hub.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// The TOML file. `PASSERELLE__SECTION__KEY` in the environment overrides `key` in `[section]`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Write a complete set of new keys, readable by their owner only; never over keys that are there.
    Generate {
        /// The folder to write into.
        #[arg(long, value_name = "FOLDER")]
        dir: PathBuf,
    },
}

const CONFIGURATION_WRONG: u8 = 1;
const FAILED_RUNNING: u8 = 3;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command {
        Command::Serve(file) => serve(&file.config),
        Command::Check { config, with_store } => check(&config.config, with_store),
        Command::Keys { command: KeysCommand::Generate { dir } } => generate(&dir),
    };
    ended.unwrap_or_else(|failure| {
        eprintln!("hub: {failure}");
        ExitCode::from(failure.exit_code())
    })
}

fn serve(file: &Path) -> Result<ExitCode, Failure> {
    let config = Config::load(file)?;
    logging::start();
    runtime()?.block_on(async {
        let running = hub::start(Wiring::new(config)).await.map_err(Failure::Start)?;
        stop_signal().await.map_err(Failure::Runtime)?;
        running.stop().await.map_err(Failure::Stop)?;
        Ok(ExitCode::SUCCESS)
    })
}

fn check(file: &Path, with_store: bool) -> Result<ExitCode, Failure> {
    let config = Config::load(file)?;
    let problems = runtime()?.block_on(check::check(&config, with_store));
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        println!("{}: all is well", file.display());
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}: {} to mend", file.display(), problems.len());
    Ok(ExitCode::from(CONFIGURATION_WRONG))
}

fn generate(folder: &Path) -> Result<ExitCode, Failure> {
    let generated = keys::generate(folder)?;
    println!("keys are in {}; only their owner can read them", generated.directory.display());
    println!("register {} at the national identity providers", generated.upstream_jwks.display());
    Ok(ExitCode::SUCCESS)
}

/// One thread is enough here: requests are served on the listeners' own threads.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(Failure::Runtime)
}

async fn stop_signal() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Keys(#[from] keys::KeyError),
    #[error("{0}\n    what to do: run `hub check --config FILE`, which says more")]
    Start(StartError),
    #[error("stopping: {0}")]
    Stop(StartError),
    #[error("the system gives no runtime: {0}")]
    Runtime(std::io::Error),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Keys(_) | Self::Start(_) => CONFIGURATION_WRONG,
            Self::Stop(_) | Self::Runtime(_) => FAILED_RUNNING,
        }
    }
}
