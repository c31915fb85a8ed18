//! Who recognises whom, for what, up to which level.

use strict_jose::UnixTime;
use trust_list::{CountryCode, Level, Recognition};

/// Rows as `recogniser`, `recognised`, `purpose`, `max_level`. What is not here is not recognised.
const ROWS: [(&str, &str, &str, Level); 9] = [
    ("XE", "XA", "account-opening", Level::Substantial),
    ("XA", "XE", "account-opening", Level::Substantial),
    ("XA", "XE", "pension", Level::Substantial),
    ("XA", "XF", "pension", Level::Low),
    ("XF", "XA", "account-opening", Level::High),
    ("XF", "XE", "account-opening", Level::Substantial),
    ("XF", "XA", "insurance", Level::Substantial),
    ("XF", "XE", "insurance", Level::Substantial),
    ("XE", "XF", "account-opening", Level::Low),
];

/// The matrix; an extra member is recognised by XE and XF.
pub(super) fn matrix(extra: Option<CountryCode>, from: UnixTime) -> anyhow::Result<Vec<Recognition>> {
    let mut rows = ROWS
        .iter()
        .map(|(by, whose, purpose, level)| row(by.parse()?, whose.parse()?, purpose, *level, from))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if let Some(extra) = extra {
        for by in ["XE", "XF"] {
            rows.push(row(by.parse()?, extra, "account-opening", Level::High, from)?);
        }
    }
    Ok(rows)
}

fn row(
    by: CountryCode,
    whose: CountryCode,
    purpose: &str,
    max_level: Level,
    from: UnixTime,
) -> anyhow::Result<Recognition> {
    Ok(Recognition {
        recogniser: by,
        recognised: whose,
        purpose: purpose.parse()?,
        max_level,
        legal_basis: format!("Agreement {whose}-{by} of 2025, article 4"),
        from,
        until: None,
    })
}
