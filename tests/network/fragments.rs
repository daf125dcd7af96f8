//! Datagrams beyond the MTU: all fragments carry the datagram's mark, though only the first has
//! ports in it.

mod forwarded;
mod local;
