//! What a client asks for, as it arrives: whole, byte by byte, and in segments that end anywhere.

#![expect(clippy::tests_outside_test_module, clippy::unwrap_used, reason = "all of this is tests")]

mod again;
mod body;
mod driver;
mod field;
mod hello;
mod line;
mod lost;
