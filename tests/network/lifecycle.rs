//! What `run` makes is there while it runs and not a moment longer, and follows the interfaces.

mod ending;
mod failing;
mod interfaces;
pub(crate) mod kernel;
mod refused;
