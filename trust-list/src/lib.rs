//! The signed trust lists, their verification, and the regulators' tool trustctl.
