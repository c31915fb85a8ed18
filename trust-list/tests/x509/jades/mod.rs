//! Lists that others publish, read step by step.

mod command;
mod content;
mod header;
mod signers;
pub(crate) mod support;

use support::Draft;

#[test]
fn a_healthy_list_is_read_and_says_what_to_remember() {
    let draft = Draft::healthy();
    let list = draft.read().unwrap();
    assert_eq!((list.entities, list.services), (1, 1));
    assert_eq!(list.seen.sequence, 17);
    assert_eq!(list.seen.sha256, strict_jose::b64::encode(strict_jose::sha256(draft.sign())));
    assert_eq!(list.signer.organisation(), crate::support::OPERATOR);
    draft.read_after(&list.seen).unwrap();
}
