//! The command line of the hub.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use hub::config::ConfigError;
use hub::{Config, StartError, Wiring, check, keys, logging, version};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Many short-lived allocations on many threads: what the system's allocator is slow at, and what makes it grow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A regional hub for cross-border digital identity.
///
/// Exit codes: 0 all is well; 1 the configuration, or something it names, is wrong, or a stop left requests unfinished;
/// 2 the command line is wrong; 3 the hub failed while it ran.
#[derive(Debug, Parser)]
#[command(name = "hub", version = version::LONG, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT; requests in flight then have 30 seconds. A second signal ends at once.
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
const UNFINISHED: u8 = 1;
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
        let mut signals = Signals::new().map_err(Failure::Runtime)?;
        let mut running = hub::start(Wiring::new(config)).await.map_err(Failure::Start)?;
        tokio::select! {
            () = signals.next() => {}
            failure = running.failed() => return Err(Failure::Ended(failure)),
        }
        tokio::select! {
            stopped = running.stop() => stopped.map_err(Failure::Stop)?,
            () = signals.next() => return Err(Failure::CutShort),
        }
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

/// Requests are served on the listeners' own threads. Here the store's connection is read and written: with two threads
/// it goes on while the other is busy.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Failure::Runtime)
}

/// SIGTERM and SIGINT. Listened to from the start, so that none is lost and the second one counts.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
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
    #[error("a second signal came; the hub ends without finishing what is in flight")]
    CutShort,
    #[error("the hub ended by itself: {0}")]
    Ended(StartError),
    #[error("the system gives no runtime: {0}")]
    Runtime(std::io::Error),
}

impl Failure {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Keys(_) | Self::Start(_) => CONFIGURATION_WRONG,
            Self::Stop(StartError::Undrained { .. }) | Self::CutShort => UNFINISHED,
            Self::Stop(_) | Self::Ended(_) | Self::Runtime(_) => FAILED_RUNNING,
        }
    }
}
