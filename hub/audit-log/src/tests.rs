use std::collections::HashSet;
use std::io::{ErrorKind, Read, Write as _};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use hub_core::audit::AuditKind;
use hub_core::ports::ManualClock;
use tempfile::TempDir;

const NOW: i64 = 1_800_000_000;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(UnixTime::new(NOW)))
}

fn event() -> AuditEvent {
    AuditEvent::new(UnixTime::new(NOW), AuditKind::TokenIssued, AuditEvent::OK)
}

/// A directory with a log path in it.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    (directory, path)
}

async fn with_records(path: &Path, count: u64) -> Vec<u8> {
    let log = FileAuditLog::open(path, clock()).unwrap();
    for index in 0..count {
        assert_eq!(log.record(event()).await.unwrap().index, index);
    }
    log.close().await.unwrap();
    std::fs::read(path).unwrap()
}

/// The kinds of the records in a log, in order; checks the chain on the way.
fn kinds(path: &Path) -> Vec<String> {
    let verified = verify(path).unwrap();
    assert_eq!(verified.unfinished_bytes, 0);
    let text = std::fs::read_to_string(path).unwrap();
    let kinds: Vec<String> = text
        .lines()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["record"]["event"]["kind"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(kinds.len() as u64, verified.records);
    kinds
}

#[tokio::test]
async fn a_receipt_names_the_record_and_the_chain_goes_on_after_a_restart() {
    let (_directory, path) = place();
    let log = FileAuditLog::open(&path, clock()).unwrap();
    assert_eq!(log.last_event_time(), None);
    let first = log.record(event()).await.unwrap();
    let second = log.record(event()).await.unwrap();
    assert_eq!((first.index, second.index), (0, 1));
    log.close().await.unwrap();
    assert_eq!(log.record(event()).await, Err(AuditError::Closed));
    drop(log);

    let log = FileAuditLog::open(&path, clock()).unwrap();
    assert_eq!(log.last_event_time(), Some(UnixTime::new(NOW)));
    let third = log.record(event()).await.unwrap();
    assert_eq!(third.index, 2);
    let verified = verify(&path).unwrap();
    assert_eq!((verified.records, verified.head), (3, third.hash));
}

#[tokio::test]
async fn anyone_can_check_a_line_as_the_documentation_says() {
    let (_directory, path) = place();
    with_records(&path, 2).await;
    let text = std::fs::read_to_string(&path).unwrap();
    let mut previous = strict_jose::b64::encode([0; 32]);
    for (index, line) in text.lines().enumerate() {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap();
        let hash = strict_jose::b64::encode(strict_jose::sha256(&line[63..line.len() - 1]));
        assert_eq!(parsed["hash"], hash);
        assert_eq!(parsed["record"]["index"], index);
        assert_eq!(parsed["record"]["previous"], previous);
        previous = hash;
    }
}

#[tokio::test]
async fn f2_a_log_cut_anywhere_in_its_last_records_loses_those_and_nothing_else() {
    let (_directory, path) = place();
    let whole = with_records(&path, 5).await;
    let ends: Vec<usize> = (0..whole.len()).filter(|index| whole[*index] == b'\n').map(|index| index + 1).collect();
    for cut in ends[1]..=whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let kept = ends.iter().filter(|end| **end <= cut).count();
        let log = FileAuditLog::open(&path, clock()).unwrap();
        let is_clean = ends.contains(&cut);
        let next = kept as u64 + u64::from(!is_clean);
        assert_eq!(log.record(event()).await.unwrap().index, next, "cut at {cut}");
        log.close().await.unwrap();
        let expected: Vec<&str> = ["token_issued"]
            .repeat(kept)
            .into_iter()
            .chain((!is_clean).then_some("recovered"))
            .chain(["token_issued"])
            .collect();
        assert_eq!(kinds(&path), expected, "cut at {cut}");
        assert_eq!(&std::fs::read(&path).unwrap()[..ends[kept - 1]], &whole[..ends[kept - 1]], "cut at {cut}");
    }
}

#[tokio::test]
async fn f3_every_flipped_bit_before_the_last_record_stops_the_start_and_names_the_record() {
    let (_directory, path) = place();
    let whole = with_records(&path, 3).await;
    let ends: Vec<usize> = (0..whole.len()).filter(|index| whole[*index] == b'\n').map(|index| index + 1).collect();
    for flipped in 0..ends[1] {
        let mut altered = whole.clone();
        altered[flipped] ^= 1 << (flipped % 8);
        std::fs::write(&path, &altered).unwrap();
        let index = u64::from(flipped >= ends[0]);
        match FileAuditLog::open(&path, clock()) {
            Err(OpenError::Broken { index: named, flaw: Flaw::Altered, .. }) => assert_eq!(named, index, "{flipped}"),
            other => panic!("byte {flipped}: {other:?}"),
        }
        assert_eq!(std::fs::read(&path).unwrap(), altered, "a broken log is left as it is");
    }
}

#[tokio::test]
async fn f3_every_flipped_bit_in_the_last_record_cuts_it_off() {
    let (_directory, path) = place();
    let whole = with_records(&path, 3).await;
    let start = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for flipped in start..whole.len() {
        let mut altered = whole.clone();
        altered[flipped] ^= 1 << (flipped % 8);
        std::fs::write(&path, &altered).unwrap();
        FileAuditLog::open(&path, clock()).unwrap().close().await.unwrap();
        assert_eq!(kinds(&path), ["token_issued", "token_issued", "recovered"], "byte {flipped}");
    }
}

#[tokio::test]
async fn f3_a_page_of_zeros_is_an_end_behind_the_log_and_a_flaw_within_it() {
    let (_directory, path) = place();
    let whole = with_records(&path, 3).await;
    std::fs::write(&path, [&whole[..], &[0; 4_096]].concat()).unwrap();
    FileAuditLog::open(&path, clock()).unwrap().close().await.unwrap();
    assert_eq!(kinds(&path), ["token_issued", "token_issued", "token_issued", "recovered"]);

    let second = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    std::fs::write(&path, [&whole[..second], &[0; 4_096], &whole[second..]].concat()).unwrap();
    let broken = FileAuditLog::open(&path, clock());
    assert!(matches!(broken, Err(OpenError::Broken { index: 1, .. })), "{broken:?}");
}

#[tokio::test]
async fn f3_records_that_are_missing_doubled_or_of_another_log_stop_the_start() {
    let (_directory, path) = place();
    let whole = with_records(&path, 4).await;
    let other = {
        let (_directory, path) = place();
        let log = FileAuditLog::open(&path, clock()).unwrap();
        let denied = AuditEvent { result: "access_denied", ..event() };
        for _ in 0..4 {
            let _ = log.record(denied.clone()).await.unwrap();
        }
        log.close().await.unwrap();
        std::fs::read(&path).unwrap()
    };
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let others: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
    for (name, log, index, flaw) in [
        ("first missing", vec![lines[1], lines[2]], 0, Flaw::Misplaced(1)),
        ("one missing", vec![lines[0], lines[2], lines[3]], 1, Flaw::Misplaced(2)),
        ("one doubled", vec![lines[0], lines[1], lines[1]], 2, Flaw::Misplaced(1)),
        ("all doubled", [&lines[..], &lines[..]].concat(), 4, Flaw::Misplaced(0)),
        ("two swapped", vec![lines[0], lines[2], lines[1]], 1, Flaw::Misplaced(2)),
        ("another log's", vec![lines[0], others[1]], 1, Flaw::NotContinuing),
        ("another log's end", vec![lines[0], lines[1], others[2], others[3]], 2, Flaw::NotContinuing),
    ] {
        std::fs::write(&path, log.concat()).unwrap();
        match FileAuditLog::open(&path, clock()) {
            Err(OpenError::Broken { index: named, flaw: found, .. }) => {
                assert_eq!((named, found), (index, flaw), "{name}")
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn f3_an_end_larger_than_one_write_is_no_unfinished_write() {
    let (_directory, path) = place();
    let whole = with_records(&path, 1).await;
    std::fs::write(&path, [&whole[..], &vec![b'x'; scan::MAX_BATCH_BYTES + 1]].concat()).unwrap();
    let broken = FileAuditLog::open(&path, clock());
    assert!(matches!(broken, Err(OpenError::Broken { index: 1, flaw: Flaw::Altered, .. })), "{broken:?}");
}

#[tokio::test]
async fn two_hubs_cannot_write_one_log() {
    let (_directory, path) = place();
    let first = FileAuditLog::open(&path, clock()).unwrap();
    assert!(matches!(FileAuditLog::open(&path, clock()), Err(OpenError::InUse)));
    first.close().await.unwrap();
}

#[tokio::test]
async fn t02_the_last_event_before_the_start_is_told_whatever_came_last() {
    let (_directory, path) = place();
    let log = FileAuditLog::open(&path, clock()).unwrap();
    for seconds in [NOW, NOW + 30, NOW + 20] {
        let _ = log.record(AuditEvent { at: UnixTime::new(seconds), ..event() }).await.unwrap();
    }
    log.close().await.unwrap();
    drop(log);
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"hash").unwrap();
    let yesterday = Arc::new(ManualClock::at(UnixTime::new(NOW - 86_400)));
    let log = FileAuditLog::open(&path, yesterday).unwrap();
    assert_eq!(log.last_event_time(), Some(UnixTime::new(NOW + 30)));
}

#[tokio::test]
async fn t01_a_clock_that_went_back_by_more_than_a_minute_is_recorded_once() {
    let (_directory, path) = place();
    let log = FileAuditLog::open(&path, clock()).unwrap();
    for seconds in [NOW, NOW - 60, NOW - 3_600, NOW - 3_590] {
        let _ = log.record(AuditEvent { at: UnixTime::new(seconds), ..event() }).await.unwrap();
    }
    log.close().await.unwrap();
    assert_eq!(kinds(&path), ["token_issued", "token_issued", "clock_went_back", "token_issued", "token_issued"]);
    assert!(std::fs::read_to_string(&path).unwrap().contains(r#""kind":"clock_went_back","seconds":3540"#));
}

#[tokio::test]
async fn an_event_that_is_too_long_is_refused_alone() {
    let (_directory, path) = place();
    let log = FileAuditLog::open(&path, clock()).unwrap();
    let long = AuditEvent { claims: vec![hub_core::audit::ClaimName::new("given_name"); 2_000], ..event() };
    let (first, refused, second) = tokio::join!(log.record(event()), log.record(long), log.record(event()));
    assert_eq!((first.unwrap().index, refused, second.unwrap().index), (0, Err(AuditError::NotWritable), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_events_share_a_sync_and_each_gets_its_own_place() {
    let disk = Disk::default();
    disk.lock().sync_takes = Duration::from_millis(2);
    let log = Arc::new(FileAuditLog::open_on(Box::new(disk.clone()), clock()).unwrap());
    let records: Vec<_> = (0..1_000)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move { log.record(event()).await.unwrap().index })
        })
        .collect();
    let mut indices = HashSet::new();
    for record in records {
        assert!(indices.insert(record.await.unwrap()));
    }
    assert_eq!(indices, (0..1_000).collect());
    let syncs = disk.syncs.load(Ordering::SeqCst);
    assert!(syncs < 500, "{syncs} syncs for 1000 events");
}

#[tokio::test]
async fn nothing_is_answered_before_it_is_synced() {
    let disk = Disk::default();
    let log = FileAuditLog::open_on(Box::new(disk.clone()), clock()).unwrap();
    for _ in 0..20 {
        let receipt = log.record(event()).await.unwrap();
        let state = disk.lock();
        let durable = scan::scan(&state.bytes[..state.synced]).unwrap();
        assert_eq!(durable.head.next_index, receipt.index + 1);
        assert_eq!(durable.head.hash, receipt.hash);
    }
}

#[tokio::test]
async fn s08_f8_a_full_read_only_or_failing_disk_records_nothing_and_resumes_without_gap_or_duplicate() {
    for kind in [ErrorKind::StorageFull, ErrorKind::ReadOnlyFilesystem, ErrorKind::Other] {
        for partial in [0, 1, 100, 10_000] {
            for fault in [Fault::Append { kind, partial }, Fault::Sync { kind }] {
                let (disk, clock) = (Disk::default(), clock());
                let log = FileAuditLog::open_on(Box::new(disk.clone()), clock.clone()).unwrap();
                assert_eq!(log.record(event()).await.unwrap().index, 0);
                disk.lock().fault = Some(fault);
                assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
                assert_eq!(log.health().await, Err(AuditError::NotWritable));
                // Mended, but not tried again within a second.
                disk.lock().fault = None;
                assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
                // Tried, and still failing.
                disk.lock().fault = Some(fault);
                clock.advance(Duration::from_secs(2));
                assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
                disk.lock().fault = None;
                clock.advance(Duration::from_secs(2));
                assert_eq!(log.record(event()).await.unwrap().index, 2, "{fault:?}: behind the note of the recovery");
                assert_eq!(log.health().await, Ok(()));
                assert_eq!(log.record(event()).await.unwrap().index, 3);
                log.close().await.unwrap();
                let scanned = scan::scan(&disk.lock().bytes[..]).unwrap();
                assert_eq!((scanned.head.next_index, scanned.unfinished_bytes().unwrap()), (4, 0), "{fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn s08_health_mends_a_log_that_nobody_writes_to() {
    let (disk, clock) = (Disk::default(), clock());
    let log = FileAuditLog::open_on(Box::new(disk.clone()), clock.clone()).unwrap();
    disk.lock().fault = Some(Fault::Sync { kind: ErrorKind::StorageFull });
    assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
    disk.lock().fault = None;
    clock.advance(Duration::from_secs(2));
    assert_eq!(log.health().await, Ok(()));
    assert_eq!(log.record(event()).await.unwrap().index, 1);
}

#[tokio::test]
async fn s08_a_log_that_lost_durable_records_is_not_written_to_again() {
    let (disk, clock) = (Disk::default(), clock());
    let log = FileAuditLog::open_on(Box::new(disk.clone()), clock.clone()).unwrap();
    for _ in 0..2 {
        let _ = log.record(event()).await.unwrap();
    }
    disk.lock().fault = Some(Fault::Sync { kind: ErrorKind::Other });
    assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
    {
        let mut state = disk.lock();
        state.fault = None;
        state.bytes.truncate(10);
    }
    clock.advance(Duration::from_secs(2));
    assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
    assert_eq!(disk.lock().bytes.len(), 10, "the evidence is left alone");
}

#[tokio::test]
async fn a_disk_that_hangs_holds_nobody_longer_than_the_deadline() {
    let disk = Disk::default();
    let log = FileAuditLog::open_on(Box::new(disk.clone()), clock()).unwrap();
    disk.lock().sync_takes = DEADLINE * 2;
    let start = std::time::Instant::now();
    assert_eq!(log.record(event()).await, Err(AuditError::TooSlow));
    assert!(start.elapsed() < DEADLINE + Duration::from_secs(1));
}

/// F1: another process records and says what was acknowledged, until it is killed.
#[tokio::test]
async fn f1_kill_nine_at_any_moment_loses_no_acknowledged_record() {
    let (_directory, path) = place();
    let mut acknowledged = 0;
    for round in 0..20_u64 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::writes_until_it_is_killed", "--ignored", "--nocapture", "--test-threads=1"])
            .env(LOG_FOR_CHILD, &path)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut output = io::BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let wanted = 3 + round * 2;
        let mut seen = 0;
        while seen < wanted && io::BufRead::read_line(&mut output, &mut line).unwrap() > 0 {
            seen += u64::from(line.contains("acknowledged"));
            line.clear();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it died and we had not read yet.
        let mut rest = String::new();
        let _ = output.read_to_string(&mut rest);
        seen += rest.lines().filter(|line| line.contains("acknowledged")).count() as u64;
        acknowledged += seen;
        assert!(seen >= wanted, "round {round}: the child ended by itself");
        let verified = verify(&path).unwrap();
        assert!(verified.records >= acknowledged, "round {round}: {} of {acknowledged}", verified.records);
    }
    let log = FileAuditLog::open(&path, clock()).unwrap();
    assert!(log.record(event()).await.unwrap().index >= acknowledged);
}

#[tokio::test]
#[ignore = "the child of the test above"]
async fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(LOG_FOR_CHILD) else { return };
    let log = FileAuditLog::open(Path::new(&path), clock()).unwrap();
    loop {
        let receipt = log.record(event()).await.unwrap();
        println!("acknowledged {}", receipt.index);
    }
}

const LOG_FOR_CHILD: &str = "AUDIT_LOG_FOR_CHILD";

/// A disk in memory that can be told to fail.
#[derive(Clone, Default)]
struct Disk {
    state: Arc<Mutex<DiskState>>,
    syncs: Arc<AtomicUsize>,
}

#[derive(Default)]
struct DiskState {
    bytes: Vec<u8>,
    synced: usize,
    fault: Option<Fault>,
    sync_takes: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Writes this many bytes and fails.
    Append { kind: ErrorKind, partial: usize },
    /// Writes, and fails to sync.
    Sync { kind: ErrorKind },
}

impl Disk {
    fn lock(&self) -> std::sync::MutexGuard<'_, DiskState> {
        self.state.lock().unwrap()
    }
}

impl LogStorage for Disk {
    fn open(&mut self) -> Result<Box<dyn LogFile>, OpenError> {
        Ok(Box::new(self.clone()))
    }
}

impl LogFile for Disk {
    fn read(&mut self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(io::Cursor::new(self.lock().bytes.clone())))
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.lock().bytes.len() as u64)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        if let Some(Fault::Append { kind, partial }) = state.fault {
            state.bytes.extend_from_slice(&bytes[..partial.min(bytes.len())]);
            return Err(kind.into());
        }
        state.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let takes = self.lock().sync_takes;
        std::thread::sleep(takes);
        let mut state = self.lock();
        if let Some(Fault::Sync { kind }) = state.fault {
            return Err(kind.into());
        }
        state.synced = state.bytes.len();
        self.syncs.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.bytes.truncate(usize::try_from(length).unwrap());
        state.synced = state.synced.min(state.bytes.len());
        Ok(())
    }
}
