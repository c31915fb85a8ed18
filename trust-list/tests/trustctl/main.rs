//! The regulators' tool from outside: a ceremony, and what it refuses.

#![cfg(test)]

mod asks;
mod bench;
mod ceremony;
mod exports;
mod places;
mod refusals;
mod rotations;
mod signatures;
mod token;
mod tokens;
mod transparency;
mod verbs;
mod walkthrough;
