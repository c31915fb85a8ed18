mod crash;
mod disk;
mod failing_disk;

use std::io::Write as _;
use std::path::PathBuf;

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
    let oversize = AuditEvent { claims: vec![hub_core::audit::ClaimName::new("given_name"); 2_000], ..event() };
    let (first, refused, second) = tokio::join!(log.record(event()), log.record(oversize), log.record(event()));
    assert_eq!((first.unwrap().index, refused, second.unwrap().index), (0, Err(AuditError::NotWritable), 1));
}
