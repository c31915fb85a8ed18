//! A disk that fails while the log is open.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::atomic::Ordering;

use super::disk::{Disk, Fault};
use super::*;

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
