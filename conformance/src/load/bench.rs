//! The run: region, hub and floor started, batches interleaved, medians taken.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::LoadArgs;
use super::floor::{Ready, Work};
use super::operation::{CONCURRENCY, Driver, Operation};
use super::process::{cpu_seconds, resident_kib};
use super::redis::{Redis, RoundTrips};
use super::report::{Report, Row, SwapP99, median};
use super::{latency, swap};
use crate::browser;
use crate::clock::Clock;
use crate::hub_process::{self, HubOptions, HubProcess};
use crate::persona::{self, Situation};
use crate::region::{self, Region};
use crate::rp::{Hub, RelyingParty};
use crate::serve::free_port;

/// A region, a floor, and what is needed to start hubs.
pub struct Bench<'a> {
    args: &'a LoadArgs,
    region: Arc<Region>,
    hub: HubOptions,
    program: PathBuf,
    floor: Floor,
}

/// The floor's process.
struct Floor {
    child: Child,
    http: reqwest::Client,
    url: String,
    call_url: String,
    call_ca: String,
}

/// Odd, so that the median is one of them.
const BATCHES: usize = 5;
const WARM_UP: u32 = 60;
const CALIBRATION: u32 = 240;
/// The floor is cheap: more of it is run, so that its batches are not lost in the clock's ticks.
const FLOOR_FACTOR: u32 = 3;

impl<'a> Bench<'a> {
    /// Starts the region and the floor.
    pub fn start(args: &'a LoadArgs) -> anyhow::Result<Self> {
        if args.dir.join("run").exists() {
            std::fs::remove_dir_all(args.dir.join("run"))?;
        }
        let dir = args.dir.join("run");
        let (port, management_port) = (free_port()?, free_port()?);
        let options = region::Options {
            hub_issuer: hub_process::issuer_on(port),
            ..region::Options::new(dir.join("region"), Clock::system())
        };
        let region = Arc::new(Region::start(options)?);
        let hub = HubOptions {
            port,
            management_port,
            store: "memory".into(),
            refresh_seconds: 20,
            log: "warn".into(),
            client_requests: Some((10_000_000, 10_000_000)),
            ..region.hub_options(dir.join("hub"))
        };
        region.register_hub(&hub.write(&region.pki)?);
        let program = hub_process::program(args.hub.as_deref())?;
        let call_url = format!("{}/nothing", region.xe.url());
        let floor = Floor::start(call_url, region.pki.ca_pem())?;
        Ok(Self { args, region, hub, program, floor })
    }

    /// Measures everything.
    pub async fn measure(&mut self) -> anyhow::Result<Report> {
        let mut report = Report::default();
        self.measure_memory_store(&mut report).await?;
        if self.args.no_redis {
            println!("Redis is left out (--no-redis)");
        } else {
            self.measure_redis(&mut report).await?;
        }
        self.measure_pending(&mut report).await?;
        for (operation, entries) in swap::SIZES.into_iter().take(self.args.swap_sizes()) {
            let row = tokio::task::spawn_blocking(move || swap::measure(operation, entries)).await??;
            println!("{}", row.line());
            report.rows.push(row);
        }
        report.trust_swap_p99 = Some(self.measure_swap_under_load().await?);
        Ok(report)
    }

    async fn measure_memory_store(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let hub = self.start_hub("memory").await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        report.rss_idle_kib = resident_kib(hub.pid())?;
        let driver = self.driver().await?;
        report.first_answer_p50_ms = self.first_answer(&driver).await?;
        for operation in Operation::ALL {
            report.rows.push(self.row(&hub, &driver, operation, "memory").await?);
        }
        report.rss_after_load_kib = resident_kib(hub.pid())?;
        Ok(())
    }

    async fn measure_redis(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let redis = Redis::start(&self.args.dir.join("run")).await?;
        let relay = RoundTrips::before(redis.port()).await?;
        let hub = self.start_hub(&relay.url()).await?;
        let driver = self.driver().await?;
        for operation in Operation::ALL {
            let before = cpu_seconds(redis.pid())?;
            let mut row = self.row(&hub, &driver, operation, "redis").await?;
            let operations = f64::from(row.operations);
            row.redis_cpu_us = Some((cpu_seconds(redis.pid())? - before) * 1e6 / operations);
            row.redis_round_trips = Some(self.round_trips(&driver, &relay, operation).await?);
            report.rows.push(row);
        }
        Ok(())
    }

    /// Round trips of one operation: fifty, one after the other, less what an idle hub does in that time.
    async fn round_trips(&self, driver: &Driver, relay: &RoundTrips, operation: Operation) -> anyhow::Result<f64> {
        const TIMES: u32 = 50;
        const IDLE: Duration = Duration::from_secs(2);
        let before = relay.count();
        tokio::time::sleep(IDLE).await;
        let idle_rate = to_f64(relay.count() - before) / IDLE.as_secs_f64();
        let (before, started) = (relay.count(), Instant::now());
        for _ in 0..TIMES {
            driver.once(operation).await?;
        }
        let own = to_f64(relay.count() - before) - idle_rate * started.elapsed().as_secs_f64();
        Ok((own.max(0.0) / f64::from(TIMES) * 10.0).round() / 10.0)
    }

    async fn measure_pending(&mut self, report: &mut Report) -> anyhow::Result<()> {
        let hub = self.start_hub("memory").await?;
        let driver = self.driver().await?;
        driver.begin_many(CONCURRENCY * 10).await?;
        let before = resident_kib(hub.pid())?;
        let count = self.args.pending();
        println!("leaving {count} logins on their way ...");
        driver.begin_many(count).await?;
        let grown = resident_kib(hub.pid())?.saturating_sub(before) * 1024;
        report.pending_logins = count;
        report.bytes_per_pending_login = grown / u64::from(count.max(1));
        Ok(())
    }

    /// The same load twice: while nothing happens, and while the lists of the region grow and the hub takes them up. The
    /// last measurement, since the region stays as large.
    async fn measure_swap_under_load(&self) -> anyhow::Result<SwapP99> {
        let (entries, seconds) = (self.args.swapped_entries(), self.args.latency_seconds());
        let _hub = self.start_hub("memory").await?;
        let driver = self.driver().await?;
        driver.repeat(Operation::ClientCredentials, WARM_UP).await?;
        let without = latency::p99(&driver, Operation::ClientCredentials, seconds).await?;
        let region = self.region.clone();
        tokio::task::spawn_blocking(move || region.enlarge(entries)).await??;
        let before = self.list_version(&driver).await?;
        driver.http.post(format!("{}/trust/refresh", self.hub.management())).send().await?.error_for_status()?;
        let with = latency::p99(&driver, Operation::ClientCredentials, seconds).await?;
        anyhow::ensure!(
            self.list_version(&driver).await? != before,
            "the lists were not taken up under load: run again"
        );
        Ok(SwapP99 { entries, without, with })
    }

    /// The line of the hub's metrics that says which lists are in force.
    async fn list_version(&self, driver: &Driver) -> anyhow::Result<String> {
        let metrics = driver.http.get(format!("{}/metrics", self.hub.management())).send().await?.text().await?;
        let line = metrics.lines().find(|line| line.starts_with("hub_trustlist_version "));
        Ok(line.context("no hub_trustlist_version")?.to_owned())
    }

    async fn row(
        &self,
        hub: &HubProcess,
        driver: &Arc<Driver>,
        operation: Operation,
        store: &'static str,
    ) -> anyhow::Result<Row> {
        driver.repeat(operation, WARM_UP).await?;
        self.floor.repeat(operation, WARM_UP).await?;
        let calibration = cost(hub.pid(), CALIBRATION, driver.repeat(operation, CALIBRATION)).await?;
        let count = batch_size(calibration, self.args.batch_cpu_seconds());
        let (mut hub_costs, mut floor_costs) = (Vec::new(), Vec::new());
        for _ in 0..BATCHES {
            // Tokens live for minutes and batches for seconds, but a whole run can outlive one.
            let driver = if operation == Operation::Userinfo { &self.driver().await? } else { driver };
            hub_costs.push(cost(hub.pid(), count, driver.repeat(operation, count)).await?);
            let floor_count = count * FLOOR_FACTOR;
            let work = self.floor.repeat(operation, floor_count);
            floor_costs.push(cost(self.floor.child.id(), floor_count, work).await?);
        }
        let operations = WARM_UP + CALIBRATION + count * u32::try_from(BATCHES)?;
        let row = Row::of_batches(operation.name(), store, &mut hub_costs, &mut floor_costs, operations);
        println!("{}", row.line());
        Ok(row)
    }

    /// Median time from nothing to an answer: TCP, TLS and a GET.
    async fn first_answer(&self, driver: &Driver) -> anyhow::Result<f64> {
        let url = format!("{}/.well-known/openid-configuration", driver.party.hub.issuer);
        let mut times = Vec::new();
        for _ in 0..41 {
            let http = browser::http_client(&self.region.pki.ca_pem())?;
            let started = Instant::now();
            http.get(&url).send().await?.bytes().await?;
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        Ok(median(&mut times))
    }

    async fn start_hub(&self, store: &str) -> anyhow::Result<HubProcess> {
        // What an earlier hub wrote would only make this one start slower.
        for left in ["audit", "trust-state"] {
            let left = self.hub.dir.join(left);
            if left.exists() {
                std::fs::remove_dir_all(left)?;
            }
        }
        let options = HubOptions { store: store.into(), ..self.hub.clone() };
        options.write(&self.region.pki)?;
        let mut hub = HubProcess::start(&self.program, &options)?;
        hub.wait_ready(&self.region.http()?).await?;
        Ok(hub)
    }

    async fn driver(&self) -> anyhow::Result<Arc<Driver>> {
        let http = self.region.http()?;
        let hub = Hub::discover(&http, &self.hub.issuer()).await?;
        let party = |id: &str| {
            let registration = self.region.party(id)?.registration();
            RelyingParty::new(&registration, hub.clone(), http.clone(), self.region.clock.clone())
        };
        let mut driver = Driver {
            region: self.region.clone(),
            party: party(region::BENCH_PARTY)?,
            system: party(region::BENCH_SYSTEM)?,
            persona: persona::find("XE", Situation::Success)?,
            audience: region::BENCH_AUDIENCE.into(),
            access_token: String::new(),
            http: http.clone(),
        };
        driver.access_token = driver.login().await?;
        Ok(Arc::new(driver))
    }
}

impl Floor {
    fn start(call_url: String, call_ca: String) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("floor")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the floor cannot be started")?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the floor has no output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let ready: Ready = serde_json::from_str(&line).context("the floor did not say where it is")?;
        Ok(Self { child, http: browser::http_client(&ready.ca_pem)?, url: ready.url, call_url, call_ca })
    }

    async fn repeat(&self, operation: Operation, count: u32) -> anyhow::Result<()> {
        let work = Work { call_url: self.call_url.clone(), call_ca: self.call_ca.clone(), ..operation.floor() };
        let is_empty = work.signs + work.verifies + work.calls == 0;
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..CONCURRENCY {
            let share = count / CONCURRENCY + u32::from(task < count % CONCURRENCY);
            let empty = operation.requests() - u32::from(!is_empty);
            let (http, url, work) = (self.http.clone(), self.url.clone(), work.clone());
            tasks.spawn(async move {
                for _ in 0..share {
                    for _ in 0..empty {
                        http.get(format!("{url}/empty")).send().await?.error_for_status()?.bytes().await?;
                    }
                    if !is_empty {
                        http.post(format!("{url}/work")).json(&work).send().await?.error_for_status()?.bytes().await?;
                    }
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // It may have ended by itself; both calls then fail harmlessly.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// CPU microseconds of process `pid` per operation while `work` runs.
async fn cost(pid: u32, count: u32, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<f64> {
    let before = cpu_seconds(pid)?;
    work.await?;
    Ok((cpu_seconds(pid)? - before) * 1e6 / f64::from(count))
}

/// Operations that burn `seconds` of CPU at this cost each.
fn batch_size(cost_us: f64, seconds: f64) -> u32 {
    // The clock ticks every 10 ms: a cost too small to see counts as a microsecond.
    let wanted = (seconds * 1e6 / cost_us.max(1.0)).clamp(64.0, 200_000.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small positive range")]
    let count = wanted as u32;
    count
}

#[expect(clippy::cast_precision_loss, reason = "counts of one run are far below 2^52")]
fn to_f64(count: u64) -> f64 {
    count as f64
}
