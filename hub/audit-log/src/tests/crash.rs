//! Logs as a crash, a bad disk or a forger leaves them.

use std::io::Read as _;

use super::*;

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
                assert_eq!((named, found), (index, flaw), "{name}");
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

/// F1: this test again, in another process, records and says what was acknowledged, until it is killed.
#[tokio::test]
async fn f1_kill_nine_at_any_moment_loses_no_acknowledged_record() {
    if let Some(path) = std::env::var_os(LOG_FOR_CHILD) {
        return write_until_killed(Path::new(&path)).await;
    }
    let (_directory, path) = place();
    let mut acknowledged = 0;
    for round in 0..20_u64 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                concat!(module_path!(), "::f1_kill_nine_at_any_moment_loses_no_acknowledged_record")
                    .trim_start_matches("audit_log::"),
            ])
            .args(["--nocapture", "--test-threads=1"])
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

async fn write_until_killed(path: &Path) {
    let log = FileAuditLog::open(path, clock()).unwrap();
    loop {
        let receipt = log.record(event()).await.unwrap();
        println!("acknowledged {}", receipt.index);
    }
}

/// Where the other process writes.
const LOG_FOR_CHILD: &str = "AUDIT_LOG_FOR_CHILD";
