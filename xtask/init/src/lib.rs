//! What a guest's first process writes to the console, and `cargo xtask` reads from it.
#![forbid(unsafe_code)]

mod event;

pub use event::{Event, Outcome};
