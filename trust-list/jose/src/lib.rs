//! JOSE parsed strictly; josekit frames, aws-lc-rs signs and verifies.
