//! What a process costs, read from `/proc`.

use anyhow::Context as _;

/// Clock ticks per second: `USER_HZ` is 100 on every Linux port that matters here.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU seconds that process `pid` has used, user and system, all threads together.
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = read(pid, "stat")?;
    // proc(5): the command's name is in parentheses and may hold anything, so fields are counted from the last one.
    let after_name = stat.rsplit_once(')').context("no command in /proc/PID/stat")?.1;
    let field = |index: usize| -> anyhow::Result<f64> {
        Ok(after_name.split_whitespace().nth(index).context("a short /proc/PID/stat")?.parse()?)
    };
    // utime is field 14 and stime field 15; the state, field 3, is the first after the name.
    Ok((field(11)? + field(12)?) / TICKS_PER_SECOND)
}

/// CPU microseconds that this thread has used.
pub(super) fn thread_cpu_us() -> anyhow::Result<f64> {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    // The first number is nanoseconds on a CPU (Documentation/scheduler/sched-stats in the kernel's sources).
    let nanos: f64 = schedstat.split(' ').next().context("an empty schedstat")?.parse()?;
    Ok(nanos / 1e3)
}

/// Resident memory of a process in KiB.
pub fn resident_kib(pid: u32) -> anyhow::Result<u64> {
    let status = read(pid, "status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

fn read(pid: u32, file: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(format!("/proc/{pid}/{file}")).with_context(|| format!("process {pid} is gone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_memory_and_some_time() {
        let me = std::process::id();
        assert!(resident_kib(me).unwrap() > 1024);
        let before = cpu_seconds(me).unwrap();
        let mut word = 1_u64;
        while cpu_seconds(me).unwrap() < before + 0.02 {
            word = std::hint::black_box(word.wrapping_mul(3));
        }
    }
}
