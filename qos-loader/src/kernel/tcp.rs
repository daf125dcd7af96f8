//! What is done to TCP sockets, by programs of their own: [`window`] limits what they let others send.

mod attach;
mod namespace;
pub(super) mod window;

pub(super) use attach::OVER_TCP;
