//! What is overheard of name servers: packets from and to port 53.

/// The port of name servers (RFC 1035, section 4.2).
pub const PORT: u16 = 53;

/// The most bytes of a packet's headers, from the one of IP on: two times 60.
pub const HEADERS: u32 = 128;

/// The most bytes of data that are kept at once. Over UDP answers are shorter: resolvers ask for 1,232 to
/// 4,096 bytes. A TCP packet with more, as the kernel makes them of several segments, is kept in parts.
pub const PART: u32 = 4_096;

/// The most parts of a packet: what the longest length of an IP packet allows. The rest is not kept.
pub const MOST_PARTS: u32 = 17;

/// A packet of UDP or TCP, from its IP header on, or a part of it.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct NameMessage {
    /// How many of the bytes it has.
    pub length: u32,
    /// How many bytes of data stand between the headers and those that are here.
    pub skipped: u32,
    /// The headers and the data; behind their end is anything.
    pub bytes: [u8; (HEADERS + PART) as usize],
}

/// Words of what the program is told: where `struct sock` has its network namespace and where that has
/// its number, both in bytes, and the number of the loader's own.
pub const NAMESPACE_WORDS: usize = 3;

const _: () = assert!(HEADERS.is_power_of_two() && PART.is_power_of_two());
