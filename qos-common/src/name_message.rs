//! What is overheard of name servers: packets from and to port 53.

/// The port of name servers (RFC 1035, section 4.2).
pub const PORT: u16 = 53;

/// The longest packet that is kept whole, in bytes with its IP header. Over UDP answers are shorter:
/// resolvers ask for 1,232 to 4,096 bytes.
pub const LONGEST: u32 = 4_352;

/// A packet of UDP, from its IP header on.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct NameMessage {
    /// How many of the bytes it has.
    pub length: u32,
    /// The packet; behind its end is anything.
    pub bytes: [u8; LONGEST as usize],
}

/// Words of what the program is told: where `struct sock` has its network namespace and where that has
/// its number, both in bytes, and the number of the loader's own.
pub const NAMESPACE_WORDS: usize = 3;
