//! What runs out, with an exit code for cron.

use super::in_three_languages;
use crate::bench::Bench;

/// A region whose status document is renewed at `time`, so that only the long-lived documents grow old.
fn renewed_at(time: &str) -> Bench {
    let mut bench = Bench::with_region();
    bench.at(time);
    bench.ok("publish --dir pub --key online.jwk");
    bench
}

#[test]
fn nothing_is_due_on_the_first_day() {
    let bench = Bench::with_region();
    let answer = bench.ok("expiry --dir pub");
    assert_eq!(answer.out, "\n");
    assert_eq!(bench.ok("expiry --dir pub --json").json()["urgency"], "later");
    insta::assert_snapshot!(bench.steady(&bench.ok("expiry --dir pub --all").out));
}

#[test]
fn the_exit_code_says_how_urgent_the_most_urgent_is() {
    // The lists were issued on 15 January and end on 14 February.
    for (time, code) in [
        ("2027-01-25T08:00:00Z", 0),
        ("2027-01-31T08:00:00Z", 4),
        ("2027-02-08T08:00:00Z", 5),
        ("2027-02-12T08:00:00Z", 6),
    ] {
        let answer = renewed_at(time).run("expiry --dir pub");
        assert_eq!(answer.code, code, "{time}: {answer:?}");
    }
}

#[test]
fn a_recognition_that_ends_a_list_and_a_status_that_ended_are_named_in_three_languages() {
    let mut bench = Bench::with_region();
    let row = std::fs::read_to_string(bench.path("row.json")).unwrap();
    let ending = row.replacen('{', "{ \"until\": \"2027-03-01T00:00:00Z\",", 1);
    std::fs::write(bench.path("row.json"), ending).unwrap();
    bench.ok("propose regional --dir pub --recognise row.json --out r2.json");
    bench.sign_and_assemble("r2.json", &["xa", "xb"]);
    bench.ok("publish --dir pub --key online.jwk");
    bench.at("2027-02-13T08:00:00Z");
    assert_eq!(bench.run("expiry --dir pub").code, 7);
    insta::assert_snapshot!(in_three_languages(&bench, "expiry --dir pub"));
}
