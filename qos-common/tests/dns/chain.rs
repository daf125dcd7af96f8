//! Aliases.

use qos_common::dns::{Message, chain::MOST};

use super::{answer, text};

/// An alias of `name`, for `time` seconds. Names are labels without an end.
fn alias(name: &[u8], of: &[u8], time: u8) -> Vec<u8> {
    let length = u8::try_from(of.len()).unwrap() + 1;
    [name, &[0, 0, 5, 0, 1, 0, 0, 0, time, 0, length], of, &[0]].concat()
}

/// The names of a chain, and how long each counts.
fn chain(records: &[Vec<u8>]) -> Vec<(String, u32)> {
    let message = answer(&records.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let message = Message::read(&message).unwrap();
    message.chain().map(|link| (text(link.name), link.time)).collect()
}

const WWW: &[u8] = b"\x03WWW\x07example\x03com";

#[test]
fn a_chain_counts_as_long_as_its_shortest_alias() {
    let records = [
        alias(b"\x01b", b"\x01c", 20),
        alias(WWW, b"\x01a", 40),
        alias(b"\x01a", b"\x01b", 30),
        alias(b"\x01c", b"\x01d", 50),
        alias(b"\x01x", b"\x01y", 10),
        // One name has one alias.
        alias(b"\x01a", b"\x01x", 5),
    ];
    let expected = [("www.example.com", u32::MAX), ("a", 40), ("b", 30), ("c", 20), ("d", 20)];
    assert_eq!(chain(&records), expected.map(|(name, time)| (name.to_owned(), time)));
}

#[test]
fn an_alias_that_leads_back_ends_a_chain() {
    for records in [
        vec![alias(WWW, WWW, 9)],
        vec![alias(WWW, b"\x01a", 9), alias(b"\x01a", WWW, 9)],
        vec![alias(WWW, b"\x01a", 9), alias(b"\x01a", b"\x01A", 9)],
    ] {
        assert_eq!(chain(&records).len(), records.len());
    }
}

#[test]
fn a_chain_is_bounded() {
    let label = |index: u8| [1, b'a' + index];
    let mut records = vec![alias(WWW, &label(0), 9)];
    records.extend((0..20).map(|index| alias(&label(index), &label(index + 1), 9)));
    assert_eq!(chain(&records).len(), MOST);
}
