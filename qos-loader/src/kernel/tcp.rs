//! What is done to TCP sockets, by programs of their own: [`window`] limits what they let others
//! send, and [`pacing`] how fast they send themselves.

mod attach;
mod namespace;
pub(super) mod pacing;
pub(super) mod window;

pub(super) use attach::OVER_TCP;
