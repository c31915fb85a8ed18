//! One trait, a few protocol kits: from a national identity provider to a verified assertion.
