//! What is done to TCP sockets, where TCP itself calls (`sock_ops`) and, for those that are older, by an
//! iterator over them (`iter/tcp`): [`window`] limits what they let others send. Each has a program of
//! its own for either, which the loader attaches when a policy set asks for it.

mod socket;
mod window;
