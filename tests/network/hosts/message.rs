//! Messages of name servers (RFC 1035), byte by byte.

use std::net::IpAddr;

/// A type of records.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    A = 1,
    Alias = 5,
    Aaaa = 28,
}

/// Asks for `name`.
pub(super) fn question(id: u16, name: &str, kind: Kind) -> Vec<u8> {
    // Recursion is desired; one question.
    let mut message = [id.to_be_bytes(), [1, 0], [0, 1], [0; 2], [0; 2], [0; 2]].concat();
    message.extend(encoded(name));
    message.extend([kind as u16, IN].map(u16::to_be_bytes).concat());
    message
}

/// The answer to a `question`: its name is an alias of the next one of `aliases` and so on, and the last
/// of them has these `addresses`, for `seconds`.
pub(super) fn answer(
    question: &[u8],
    aliases: &[&str],
    addresses: &[IpAddr],
    seconds: u32,
) -> Vec<u8> {
    let mut message = question.to_vec();
    // A response, and recursion is available.
    message[2..4].copy_from_slice(&[0x81, 0x80]);
    let count = u16::try_from(aliases.len() + addresses.len()).unwrap();
    message[6..8].copy_from_slice(&count.to_be_bytes());
    // A pointer to the question's name behind the header (section 4.1.4).
    let mut name = vec![0xc0, 12];
    for alias in aliases {
        message.extend(record(&name, Kind::Alias, seconds, &encoded(alias)));
        name = encoded(alias);
    }
    for address in addresses {
        message.extend(match address {
            IpAddr::V4(address) => record(&name, Kind::A, seconds, &address.octets()),
            IpAddr::V6(address) => record(&name, Kind::Aaaa, seconds, &address.octets()),
        });
    }
    message
}

/// The class of the Internet.
const IN: u16 = 1;

fn record(name: &[u8], kind: Kind, seconds: u32, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut record = name.to_vec();
    record.extend([kind as u16, IN].map(u16::to_be_bytes).concat());
    record.extend(seconds.to_be_bytes());
    record.extend(length.to_be_bytes());
    record.extend(data);
    record
}

/// Labels with their lengths.
fn encoded(name: &str) -> Vec<u8> {
    let labels = name.split('.');
    let label = |label: &str| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat();
    labels.flat_map(label).chain([0]).collect()
}
