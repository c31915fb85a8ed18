//! Any single byte of a signed document, changed.

use std::sync::LazyLock;

use proptest::prelude::*;
use trust_list::document::{DocumentPath, ListName};
use trust_list::publish::{Published, RootBuilder};
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
    Healthy { pinned: region.pinned_root().to_owned(), documents: region.documents.clone() }
});

/// Whether a client accepts everything in `documents`.
fn accepted(documents: &Published) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut memory = HighWater::volatile();
    let result = runtime.block_on(update(&HEALTHY.pinned, documents, &mut memory, None, NOW));
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
