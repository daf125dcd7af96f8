//! What is done to TCP sockets, where TCP itself calls (`sock_ops`) and, for those that are older, by an
//! iterator over them (`iter/tcp`): [`window`] limits what they let others send, and [`pacing`], by an
//! iterator alone, how fast they send themselves. Each has programs of its own, which the loader attaches
//! when a policy set asks for it.

mod pacing;
mod socket;
mod window;
