//! "What if these keys leaked?": answered before it happens, from the published documents.
//!
//! 1. [`run`] finds what each key may do ([`Holding`]) and counts it against every quorum there is ([`Power`]).
//! 2. [`others_needed`] is the counting: how many further keys a thief would need, or that none would do.
//! 3. `texts` says what a thief could and could not do, and what to run to recover, in the reader's language.

mod holdings;
mod texts;

use std::collections::BTreeSet;

use serde::Serialize;
use strict_jose::Thumbprint;

pub use holdings::{Held, Holding};

use crate::document::Role;
use crate::publish::{PublishError, Published};
use crate::{CountryCode, Quorum};

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drill {
    /// What each key may do.
    pub keys: Vec<Holding>,
    /// What a thief of all of them together could do.
    pub powers: Vec<Power>,
    /// Whether the keys that did not leak can still change the root.
    pub recoverable: bool,
}

/// Something that takes a quorum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// Replace the root: every other power follows.
    ChangeRoot,
    /// Sign a regional list: admit, recognise, reinstate.
    ChangeRegional,
    /// Sign the list of a country: enter providers and clients.
    ChangeNational {
        /// Whose.
        country: CountryCode,
    },
    /// Sign status documents: keep old ones current, or stop.
    SignStatus,
    /// Suspend a country or what is its own.
    SuspendOwn {
        /// Whose.
        country: CountryCode,
    },
    /// Suspend anything.
    SuspendAny,
}

/// How near the leaked keys come to a quorum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Power {
    /// What for.
    #[serde(flatten)]
    pub act: Act,
    /// What it takes.
    pub quorum: Quorum,
    /// How many of the leaked keys count.
    pub leaked: usize,
    /// How many further keys are needed: none is "alone", `None` is "never".
    pub others: Option<usize>,
}

/// What would happen if `leaked` were in other hands.
pub fn run(documents: &Published, leaked: &BTreeSet<Thumbprint>) -> Result<Drill, PublishError> {
    let root = documents.root()?;
    let mut keys = leaked.iter().map(|key| holdings::of(documents, &root, key)).collect::<Result<Vec<_>, _>>()?;
    keys.sort_by(|a, b| (a.holds.is_empty(), &a.holds).cmp(&(b.holds.is_empty(), &b.holds)));
    let acts = acts(documents, &root);
    let of_root = role_keys(&root, Role::Root);
    let good: BTreeSet<Thumbprint> =
        of_root.iter().map(|(key, _)| key.clone()).filter(|key| !leaked.contains(key)).collect();
    let recoverable = others_needed(root.document().roles.root, &of_root, &good) == Some(0);
    let powers = acts.into_iter().map(|(act, quorum, keys)| Power {
        act,
        quorum,
        leaked: keys.iter().filter(|(key, _)| leaked.contains(key)).count(),
        others: others_needed(quorum, &keys, leaked),
    });
    Ok(Drill { keys, powers: powers.collect(), recoverable })
}

/// Everything that the newest documents let `key` do.
pub fn holding(documents: &Published, key: &Thumbprint) -> Result<Holding, PublishError> {
    holdings::of(documents, &documents.root()?, key)
}

/// Keys with their countries, each key once.
type Keys = Vec<(Thumbprint, CountryCode)>;

/// How many keys besides `leaked` must sign until the quorum is met; `None` if all `keys` together are none.
///
/// Each further key can bring a country that is not there yet, as long as there is one, so the greater of the two gaps
/// is enough.
pub fn others_needed(
    quorum: Quorum,
    keys: &[(Thumbprint, CountryCode)],
    leaked: &BTreeSet<Thumbprint>,
) -> Option<usize> {
    let countries = |keys: &mut dyn Iterator<Item = &(Thumbprint, CountryCode)>| {
        keys.map(|(_, country)| *country).collect::<BTreeSet<_>>().len()
    };
    if keys.len() < quorum.threshold || countries(&mut keys.iter()) < quorum.countries {
        return None;
    }
    let held = || keys.iter().filter(|(key, _)| leaked.contains(key));
    let keys_missing = quorum.threshold.saturating_sub(held().count());
    let countries_missing = quorum.countries.saturating_sub(countries(&mut held()));
    Some(keys_missing.max(countries_missing))
}

fn role_keys(root: &crate::document::Root, role: Role) -> Keys {
    let keys = root.document().keys.iter().filter(|key| key.roles.contains(&role));
    keys.map(|key| (key.key.thumbprint().clone(), key.country)).collect()
}

/// Everything that takes a quorum, with the quorum and the keys that count.
fn acts(documents: &Published, root: &crate::document::Root) -> Vec<(Act, Quorum, Keys)> {
    let roles = root.document().roles;
    let regulators = role_keys(root, Role::Regional);
    let (one, two) = (Quorum { threshold: 1, countries: 1 }, Quorum { threshold: 2, countries: 2 });
    let mut acts = vec![
        (Act::ChangeRoot, roles.root, role_keys(root, Role::Root)),
        (Act::ChangeRegional, roles.regional, regulators.clone()),
        (Act::SignStatus, roles.status, role_keys(root, Role::Status)),
        (Act::SuspendAny, two, regulators.clone()),
    ];
    for member in documents.members().unwrap_or_default() {
        let country = member.country;
        let signers: Keys = member.signers.iter().map(|key| (key.thumbprint().clone(), country)).collect();
        let mut own: Keys = regulators.iter().filter(|(_, of)| *of == country).cloned().collect();
        own.extend(
            signers.iter().filter(|(key, _)| !own.iter().any(|(known, _)| known == key)).cloned().collect::<Keys>(),
        );
        acts.push((Act::ChangeNational { country }, Quorum { threshold: member.threshold, countries: 1 }, signers));
        acts.push((Act::SuspendOwn { country }, one, own));
    }
    acts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strict_jose::{Algorithm, SigningKey};

    use super::*;
    use crate::Tally;

    /// The smallest number of other keys that meets the quorum, by trying every set of them.
    fn brute_force(quorum: Quorum, keys: &Keys, leaked: &BTreeSet<Thumbprint>) -> Option<usize> {
        let others: Vec<_> = keys.iter().filter(|(key, _)| !leaked.contains(key)).collect();
        let sets = (0_u32..1 << others.len()).map(|set| {
            let chosen = others.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, key)| *key);
            chosen.collect::<Vec<_>>()
        });
        let met = |chosen: &Vec<&(Thumbprint, CountryCode)>| {
            let held = keys.iter().filter(|(key, _)| leaked.contains(key)).chain(chosen.iter().copied());
            let (signed, countries): (Vec<_>, BTreeSet<_>) = held.cloned().unzip();
            Tally { signed, open: Vec::new(), countries, quorum }.require().is_ok()
        };
        sets.filter(met).map(|chosen| chosen.len()).min()
    }

    fn keys() -> &'static [Thumbprint] {
        static KEYS: std::sync::OnceLock<Vec<Thumbprint>> = std::sync::OnceLock::new();
        KEYS.get_or_init(|| {
            let key = || SigningKey::generate(Algorithm::ES256, None).unwrap().public_jwk().thumbprint().clone();
            (0..8).map(|_| key()).collect()
        })
    }

    proptest! {
        #[test]
        fn the_answer_is_what_trying_every_set_of_keys_finds(
            countries in prop::collection::vec(0..4_usize, 1..8),
            leaked in prop::collection::vec(any::<bool>(), 8),
            threshold in 1..6_usize,
            needed in 1..5_usize,
        ) {
            let codes = ["XA", "XB", "XC", "XD"];
            let keys: Keys =
                countries.iter().zip(keys()).map(|(at, key)| (key.clone(), codes[*at].parse().unwrap())).collect();
            let leaked = keys.iter().zip(leaked).filter(|(_, leaked)| *leaked).map(|((key, _), _)| key.clone()).collect();
            let quorum = Quorum { threshold, countries: needed };
            prop_assert_eq!(others_needed(quorum, &keys, &leaked), brute_force(quorum, &keys, &leaked));
        }
    }
}
