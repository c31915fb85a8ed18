//! Any single byte of a signed document, changed.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;
use trust_list::document::{DocumentPath, ListName, SuspensionOrder, SuspensionReason, SuspensionTarget};
use trust_list::publish::{DetachedSignature, Proposal, Published, Refusal, RootBuilder, SignedRefusal};
use trust_list::testing::TestRegion;
use trust_list::{HighWater, Updated, update};

use crate::support::{NOW, cc, disabled, newest, region};

struct Healthy {
    pinned: Vec<u8>,
    documents: Published,
}

/// A region whose second root has exactly the signatures it needs: further ones may be wrong without harm.
static HEALTHY: LazyLock<Healthy> = LazyLock::new(|| {
    let mut region: TestRegion = region();
    let mut next = RootBuilder::successor_of(&region.documents.root().unwrap(), NOW).build().unwrap();
    for country in ["XA", "XB"] {
        next.sign(region.regulator_key(cc(country)).unwrap(), NOW).unwrap();
    }
    region.documents.add(&next).unwrap();
    region.suspend(cc("XC"), Some("nobody".parse().unwrap())).unwrap();
    let mut pinned: Value = serde_json::from_slice(region.pinned_root()).unwrap();
    pinned["signatures"].as_array_mut().unwrap().truncate(2);
    Healthy { pinned: pinned.to_string().into_bytes(), documents: region.documents.clone() }
});

/// Whether a client accepts everything in `documents`.
fn accepted(documents: &Published) -> bool {
    accepted_from(&HEALTHY.pinned, documents)
}

fn accepted_from(pinned: &[u8], documents: &Published) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut memory = HighWater::volatile();
    let result = runtime.block_on(update(pinned, documents, &mut memory, None, NOW));
    match result {
        Ok(Updated::Changed(list)) => disabled(&list, "XA", NOW).is_none() && list.notices().is_empty(),
        _ => false,
    }
}

fn signed_documents() -> [DocumentPath; 4] {
    let documents = &HEALTHY.documents;
    [
        DocumentPath::Root(2),
        DocumentPath::Status,
        newest(documents, ListName::Regional),
        newest(documents, ListName::Member(cc("XA"))),
    ]
}

#[test]
fn the_healthy_region_is_accepted() {
    assert!(accepted(&HEALTHY.documents));
}

/// Every byte of `bytes` changed, one at a time: its lowest bit, and its case bit, which JSON and base64 keep in form.
fn mutations(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len()).flat_map(|at| [1, 0x20].map(|change| (at, change))).map(|(at, change)| {
        let mut changed = bytes.to_vec();
        changed[at] ^= change;
        (at, changed)
    })
}

#[test]
fn h26_a_pinned_root_with_any_byte_changed_is_refused() {
    assert!(accepted_from(&HEALTHY.pinned, &HEALTHY.documents));
    // Each try is a whole update; every seventh place meets every member of the document.
    for (at, changed) in mutations(&HEALTHY.pinned).step_by(7) {
        assert!(!accepted_from(&changed, &HEALTHY.documents), "byte {at}");
    }
}

#[test]
fn h26_an_order_on_its_way_to_the_publisher_with_any_byte_changed_counts_for_nobody() {
    let region = region();
    let target = SuspensionTarget::entity(cc("XA"), "idp".parse().unwrap());
    let order = SuspensionOrder { region: cc("XZ"), target, reason: SuspensionReason::KeyCompromise, issued: NOW };
    let order = order.sign(region.regulator_key(cc("XA")).unwrap()).unwrap();
    let counts = |bytes: &[u8]| {
        let Ok(order) = Proposal::parse(bytes) else { return false };
        let tallies = region.documents.tallies(&order).unwrap_or_default();
        tallies.iter().any(|(_, tally)| !tally.signed.is_empty())
    };
    assert!(counts(&order.to_bytes()));
    for (at, changed) in mutations(&order.to_bytes()) {
        assert!(!counts(&changed), "byte {at}");
    }
}

#[test]
fn h26_a_signature_that_travels_alone_or_a_refusal_with_any_byte_changed_counts_for_nobody() {
    let region = region();
    let key = region.regulator_key(cc("XB")).unwrap();
    let draft = RootBuilder::successor_of(&region.documents.root().unwrap(), NOW).build().unwrap();
    let signed = draft.clone().signed_by(key, NOW).unwrap();
    let line = signed.detached(key.public_jwk().thumbprint()).unwrap().to_line().unwrap();
    let counts = |bytes: &[u8]| {
        let mut draft = draft.clone();
        let attached = DetachedSignature::parse(bytes).and_then(|signature| draft.attach(&signature));
        let tallies = region.documents.tallies(&draft).unwrap();
        attached.is_ok() && tallies.iter().any(|(_, tally)| !tally.signed.is_empty())
    };
    assert!(counts(line.as_bytes()));
    for (at, changed) in mutations(line.as_bytes()) {
        assert!(!counts(&changed), "byte {at} of the signature");
    }

    let refusal = Refusal::of(&draft, "No legal basis", NOW).unwrap().sign(key).unwrap().to_bytes();
    let signers = region.documents.may_sign(&draft).unwrap();
    let refuses = |bytes: &[u8]| {
        let refusal = SignedRefusal::parse(bytes);
        refusal.is_ok_and(|refusal| refusal.is_about(&draft) && !refusal.by(&signers[0]).is_empty())
    };
    assert!(refuses(&refusal));
    for (at, changed) in mutations(&refusal) {
        assert!(!refuses(&changed), "byte {at} of the refusal");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn h26_any_single_byte_of_a_signed_document_changed_is_refused(
        which in 0..4_usize,
        at in any::<prop::sample::Index>(),
        change in 1..=255_u8,
    ) {
        let path = signed_documents()[which];
        let mut bytes = HEALTHY.documents.get(path).unwrap().to_owned();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let mut documents = HEALTHY.documents.clone();
        documents.put_unchecked(path, bytes);
        prop_assert!(!accepted(&documents), "{path}, byte {at} xor {change:#04x}");
    }

    #[test]
    fn any_document_cut_short_or_with_more_behind_is_refused(
        which in 0..4_usize,
        keep in any::<prop::sample::Index>(),
        more in prop::collection::vec(any::<u8>(), 1..4),
    ) {
        let path = signed_documents()[which];
        let bytes = HEALTHY.documents.get(path).unwrap().to_owned();
        let mut documents = HEALTHY.documents.clone();
        documents.put_unchecked(path, bytes[..keep.index(bytes.len())].to_owned());
        prop_assert!(!accepted(&documents), "{path} cut");
        // White space behind JSON is JSON; in a root or a status nobody would miss it.
        if more.iter().any(|byte| !byte.is_ascii_whitespace()) {
            documents.put_unchecked(path, [bytes, more].concat());
            prop_assert!(!accepted(&documents), "{path} longer");
        }
    }
}
