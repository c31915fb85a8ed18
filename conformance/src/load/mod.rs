//! The load driver: what each operation costs, beside the floor measured in the same run.
//!
//! 1. [`Bench`] starts a region in this process (its CPU is not counted), a hub and a [`floor`] as processes of their own.
//! 2. For each operation it warms up, then runs batches of the hub and of the floor in turn, A B A B, reads the CPU that
//!    each process used from `/proc/PID/stat`, and takes medians.
//! 3. The same on the embedded store and on Redis, where round trips are counted too ([`redis::RoundTrips`]).
//! 4. Memory with nothing to do and with a hundred thousand logins on their way; the time of a first answer.
//! 5. Large trust lists: what taking them up costs ([`swap`]), and what the others notice of it ([`latency`]).
//! 6. [`report`] prints the table, writes `latest.json` and says which bars are missed.

mod bench;
pub mod floor;
mod latency;
mod operation;
pub mod process;
pub mod redis;
mod report;
mod swap;

use std::path::PathBuf;

pub use bench::Bench;

/// What to measure, and how thoroughly.
#[derive(Debug, clap::Args)]
pub struct LoadArgs {
    /// The hub's binary; by default the one beside this executable. Measure a release build.
    #[arg(long, value_name = "FILE")]
    pub hub: Option<PathBuf>,
    /// Where the files of the run go; `latest.json` is written here.
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    pub dir: PathBuf,
    /// Smaller batches and fewer pending logins: a look, not a measurement.
    #[arg(long)]
    pub quick: bool,
    /// Leave Redis out. Without this, a machine without redis-server fails the run.
    #[arg(long)]
    pub no_redis: bool,
    /// How many logins are left on their way to measure their memory.
    #[arg(long, value_name = "NUMBER")]
    pub pending: Option<u32>,
}

impl LoadArgs {
    /// Logins left on their way.
    fn pending(&self) -> u32 {
        self.pending.unwrap_or(if self.quick { 2_000 } else { 100_000 })
    }

    /// How many of the sizes of lists are measured.
    fn swap_sizes(&self) -> usize {
        if self.quick { 1 } else { swap::SIZES.len() }
    }

    /// Entries that are taken up under load.
    fn swapped_entries(&self) -> usize {
        if self.quick { 1_000 } else { 100_000 }
    }

    /// How long the load lasts under which they are, and before: longer than taking them up.
    fn latency_seconds(&self) -> u32 {
        if self.quick { 5 } else { 20 }
    }

    /// CPU seconds that one batch of an operation should burn: five of them make more than one second.
    fn batch_cpu_seconds(&self) -> f64 {
        if self.quick { 0.05 } else { 0.25 }
    }
}

/// Measures and reports; true if every bar is held.
pub async fn run(args: &LoadArgs) -> anyhow::Result<bool> {
    let mut bench = Bench::start(args)?;
    let report = bench.measure().await?;
    print!("{}", report.table());
    let file = args.dir.join("latest.json");
    crate::files::write_whole(&file, serde_json::to_string_pretty(&report.json())?.as_bytes())?;
    println!("\nwritten to {}", file.display());
    let missed = report.missed_bars();
    for bar in &missed {
        println!("MISSED: {bar}");
    }
    Ok(missed.is_empty())
}
