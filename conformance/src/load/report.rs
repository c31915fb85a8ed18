//! What was measured: a table for people, a file for programs, the bars.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// One operation on one store.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) operation: &'static str,
    pub(super) store: &'static str,
    pub(super) cpu_us: f64,
    pub(super) floor_us: f64,
    pub(super) spread_us: f64,
    pub(super) operations: u32,
    pub(super) redis_round_trips: Option<f64>,
    pub(super) redis_cpu_us: Option<f64>,
}

/// What requests notice while large lists are taken up: milliseconds at the 99th percentile.
#[derive(Clone, Copy, Debug)]
pub(super) struct SwapP99 {
    pub(super) entries: usize,
    pub(super) without: f64,
    pub(super) with: f64,
}

/// Everything of a run.
#[derive(Debug, Default)]
pub struct Report {
    pub(super) rows: Vec<Row>,
    pub(super) rss_idle_kib: u64,
    pub(super) rss_after_load_kib: u64,
    pub(super) pending_logins: u32,
    pub(super) bytes_per_pending_login: u64,
    pub(super) first_answer_p50_ms: f64,
    pub(super) trust_swap_p99: Option<SwapP99>,
}

/// CPU of a brokered login on the embedded store, as a multiple of its floor.
const MOST_TIMES_THE_FLOOR: f64 = 4.0;
/// Redis round trips of a brokered login.
const MOST_ROUND_TRIPS: f64 = 8.0;
/// Memory with nothing to do, KiB.
const MOST_IDLE_KIB: u64 = 64 * 1024;
/// CPU of taking up new lists, as a multiple of hashing, authenticating and parsing them.
const MOST_TIMES_THE_PARSE: f64 = 3.0;
/// The 99th percentile while lists are taken up, as a multiple of the one without.
const MOST_TIMES_THE_P99: f64 = 1.1;
/// A first answer on a new connection, ms: without TCP_NODELAY it is 44.
const MOST_FIRST_ANSWER_MS: f64 = 10.0;

impl Row {
    /// The medians of what batches cost; `operations` is how many there were.
    pub(super) fn of_batches(
        operation: &'static str,
        store: &'static str,
        costs: &mut [f64],
        floors: &mut [f64],
        operations: u32,
    ) -> Self {
        let (cpu_us, floor_us) = (median(costs), median(floors));
        let spread_us = spread(costs);
        Self { operation, store, cpu_us, floor_us, spread_us, operations, redis_round_trips: None, redis_cpu_us: None }
    }

    fn ratio(&self) -> f64 {
        // A floor below one clock tick for the whole batch is no floor.
        if self.floor_us > 0.0 { self.cpu_us / self.floor_us } else { f64::INFINITY }
    }

    pub(super) fn line(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(|| "-".into(), |value| format!("{value:.1}"));
        format!(
            "{:<20} {:<8} {:>9.1} {:>9.1} {:>7.2} {:>9.1} {:>11} {:>12}",
            self.operation,
            self.store,
            self.cpu_us,
            self.floor_us,
            self.ratio(),
            self.spread_us,
            number(self.redis_round_trips),
            number(self.redis_cpu_us)
        )
    }

    fn json(&self) -> Value {
        let mut row = json!({"operation": self.operation, "store": self.store, "cpu_us": tenth(self.cpu_us),
            "floor_us": tenth(self.floor_us), "ratio": (self.ratio() * 100.0).round() / 100.0,
            "spread_us": tenth(self.spread_us), "operations": self.operations});
        if let Some(round_trips) = self.redis_round_trips {
            row = crate::jose::with(row, &[("redis_round_trips", json!(round_trips))]);
        }
        if let Some(cpu) = self.redis_cpu_us {
            row = crate::jose::with(row, &[("redis_cpu_us", json!(tenth(cpu)))]);
        }
        row
    }
}

impl Report {
    /// For people.
    pub fn table(&self) -> String {
        let mut table = String::from(
            "\nCPU in microseconds for each operation, medians of five batches; the floor is the same signatures,\n\
             verifications, inbound requests and outbound calls with nothing around them, in a process of its own.\n\n",
        );
        let head = ["operation", "store", "cpu", "floor", "ratio", "spread", "round trips", "redis cpu"];
        let [operation, store, cpu, floor, ratio, spread, trips, redis] = head;
        // Writing to a String cannot fail.
        let _ = writeln!(
            table,
            "{operation:<20} {store:<8} {cpu:>9} {floor:>9} {ratio:>7} {spread:>9} {trips:>11} {redis:>12}"
        );
        for row in &self.rows {
            let _ = writeln!(table, "{}", row.line());
        }
        let _ = writeln!(
            table,
            "\nmemory: {} KiB idle, {} KiB after load; {} bytes for each of {} pending logins\n\
             first answer on a new TLS connection: {:.1} ms (median)",
            self.rss_idle_kib,
            self.rss_after_load_kib,
            self.bytes_per_pending_login,
            self.pending_logins,
            self.first_answer_p50_ms
        );
        if let Some(SwapP99 { entries, without, with }) = self.trust_swap_p99 {
            let _ = writeln!(
                table,
                "p99 of client_credentials at a fixed rate: {without:.1} ms, {with:.1} ms while {entries} entries are taken up"
            );
        }
        table
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "rss_idle_kib": self.rss_idle_kib,
            "rss_after_load_kib": self.rss_after_load_kib,
            "pending_logins": self.pending_logins,
            "bytes_per_pending_login": self.bytes_per_pending_login,
            "first_answer_p50_ms": tenth(self.first_answer_p50_ms),
            "trust_swap_p99": self.trust_swap_p99.map(|p99| {
                json!({"entries": p99.entries, "without": tenth(p99.without), "with": tenth(p99.with)})
            }),
        })
    }

    /// The bars that are not held.
    pub fn missed_bars(&self) -> Vec<String> {
        let mut missed = Vec::new();
        let logins = || self.rows.iter().filter(|row| row.operation == "brokered_login");
        for row in logins().filter(|row| row.store == "memory" && row.ratio() > MOST_TIMES_THE_FLOOR) {
            missed.push(format!("a login costs {:.2} times its floor, at most {MOST_TIMES_THE_FLOOR}", row.ratio()));
        }
        for trips in logins().filter_map(|row| row.redis_round_trips).filter(|trips| *trips > MOST_ROUND_TRIPS) {
            missed.push(format!("a login makes {trips} Redis round trips, at most {MOST_ROUND_TRIPS}"));
        }
        let swaps = self.rows.iter().filter(|row| row.operation.starts_with("trust_swap_"));
        for row in swaps.filter(|row| row.ratio() > MOST_TIMES_THE_PARSE) {
            let (what, ratio) = (row.operation, row.ratio());
            missed.push(format!("{what} costs {ratio:.2} times its floor, at most {MOST_TIMES_THE_PARSE}"));
        }
        if let Some(p99) = self.trust_swap_p99.filter(|p99| p99.with > p99.without * MOST_TIMES_THE_P99) {
            let SwapP99 { without, with, .. } = p99;
            missed
                .push(format!("p99 rises from {without:.1} to {with:.1} ms while lists are taken up, at most a tenth"));
        }
        if self.rss_idle_kib >= MOST_IDLE_KIB {
            missed.push(format!("{} KiB of memory idle, less than {MOST_IDLE_KIB}", self.rss_idle_kib));
        }
        if self.first_answer_p50_ms >= MOST_FIRST_ANSWER_MS {
            let took = self.first_answer_p50_ms;
            missed.push(format!("a first answer takes {took:.1} ms, less than {MOST_FIRST_ANSWER_MS}"));
        }
        missed
    }
}

pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The dearest less the cheapest; `values` are sorted.
fn spread(values: &[f64]) -> f64 {
    values.last().copied().unwrap_or_default() - values.first().copied().unwrap_or_default()
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(cpu_us: f64, trips: f64) -> Row {
        Row {
            operation: "brokered_login",
            store: "memory",
            cpu_us,
            floor_us: 400.0,
            spread_us: 1.0,
            operations: 1,
            redis_round_trips: Some(trips),
            redis_cpu_us: None,
        }
    }

    #[test]
    fn a_bar_that_is_held_is_not_reported_and_one_that_is_missed_is() {
        let good = Report { rows: vec![login(1600.0, 8.0)], rss_idle_kib: 1000, ..Report::default() };
        assert!(good.missed_bars().is_empty());
        let bad = Report {
            rows: vec![login(1601.0, 8.1)],
            rss_idle_kib: 64 * 1024,
            first_answer_p50_ms: 44.0,
            trust_swap_p99: Some(SwapP99 { entries: 1, without: 10.0, with: 11.1 }),
            ..Report::default()
        };
        assert_eq!(bad.missed_bars().len(), 5);
        let swap = |cpu_us| Row { operation: "trust_swap_1000", ..login(cpu_us, 0.0) };
        for (cpu_us, missed) in [(1200.0, 0), (1201.0, 1)] {
            let swapped = Report { rows: vec![swap(cpu_us)], ..Report::default() };
            assert_eq!(swapped.missed_bars().len(), missed, "{cpu_us}");
        }
    }

    #[test]
    fn the_file_has_the_names_that_programs_read() {
        let report = Report { rows: vec![login(800.0, 8.0)], ..Report::default() }.json();
        let row = &report["rows"][0];
        for name in ["operation", "store", "cpu_us", "floor_us", "ratio", "redis_round_trips"] {
            assert!(!row[name].is_null(), "{name}");
        }
        assert_eq!(row["ratio"], 2.0);
        assert!(report["rss_idle_kib"].is_u64() && report["bytes_per_pending_login"].is_u64());
    }
}
