//! The policy language against the oracle: which policy wins, why, and in which order they stand;
//! sets that are written and read again; requests; and messages of name servers. Needs no privileges and no kernel.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::tests_outside_test_module,
    reason = "all of this is tests"
)]

mod conflict;
mod names;
mod order;
mod requests;
mod round_trip;
mod shadow;
mod shown;
mod winner;
