//! Resource records (RFC 1035, section 3.2).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{name::Name, reader::Reader};

/// The class of the Internet (section 3.2.4).
const IN: u16 = 1;

/// The type of an IPv4 address (section 3.2.2).
const A: u16 = 1;
/// The type of an alias.
const CNAME: u16 = 5;
/// The type of an IPv6 address (RFC 3596).
const AAAA: u16 = 28;

/// What is said of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The name.
    pub name: Name<'a>,
    /// What it is said to be or to have.
    pub data: Data<'a>,
    /// For how many seconds.
    pub time: u32,
}

/// What a name is said to be or to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data<'a> {
    /// An address.
    Address(IpAddr),
    /// Another name, which it is an alias of.
    Alias(Name<'a>),
    /// Something else, or something in another class than the Internet's.
    Other,
}

impl<'a> Reader<'a> {
    /// A record. None if it is cut, or its data is not what its type says.
    pub(super) fn record(&mut self) -> Option<Record<'a>> {
        let name = self.name()?;
        let [kind, class, high, low, length] = self.numbers()?;
        let time = u32::from(high) << 16 | u32::from(low);
        let end = self.behind(usize::from(length))?;
        let data = match (class, kind) {
            (IN, A) => Data::Address(Ipv4Addr::from(self.octets()?).into()),
            (IN, AAAA) => Data::Address(Ipv6Addr::from(self.octets()?).into()),
            (IN, CNAME) => Data::Alias(self.name()?),
            _ => {
                *self = end;
                Data::Other
            }
        };
        // A number with the first bit set counts as 0 (RFC 2181, section 8).
        let time = if time >> 31 == 0 { time } else { 0 };
        self.is_at(&end).then_some(Record { name, data, time })
    }

    fn octets<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        self.bytes(COUNT)?.first_chunk().copied()
    }
}
