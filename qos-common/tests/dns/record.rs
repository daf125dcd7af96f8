//! Records.

use qos_common::dns::Message;

use super::{addresses, answer};

/// A record of www.example.com.
fn record(kind: u8, class: u8, time: u32, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).unwrap();
    [&[0xc0, 12, 0, kind, 0, class], &time.to_be_bytes()[..], &[0, length], data].concat()
}

#[test]
fn addresses_and_aliases_are_read() {
    let v6 = [[0x20, 1, 0xd, 0xb8], [0; 4], [0; 4], [0, 0, 0, 7]].concat();
    for (record, expected) in [
        (record(1, 1, 60, &[192, 0, 2, 1]), "192.0.2.1 60"),
        (record(28, 1, 60, &v6), "2001:db8::7 60"),
        (record(5, 1, 60, b"\x01a\xc0\x10"), "a.example.com 60"),
        // Text, another class, and an address in a class where it has another form.
        (record(16, 1, 60, b"\x02ab"), "- 60"),
        (record(1, 3, 60, &[192, 0, 2, 1]), "- 60"),
        (record(1, 3, 60, b"\x01a\0\0\x01"), "- 60"),
    ] {
        assert_eq!(addresses(&answer(&[&record])), [format!("www.example.com {expected}")]);
    }
}

#[test]
fn a_time_below_0_is_0() {
    for (time, expected) in [(0, 0), (0x7fff_ffff, 0x7fff_ffff), (1 << 31, 0), (u32::MAX, 0)] {
        let record = record(1, 1, time, &[192, 0, 2, 1]);
        let expected = format!("www.example.com 192.0.2.1 {expected}");
        assert_eq!(addresses(&answer(&[&record])), [expected]);
    }
}

#[test]
fn data_of_another_length_than_its_type_has_is_none() {
    for (kind, data) in [
        (1, [1; 3].as_slice()),
        (1, &[1; 5]),
        (1, &[]),
        (28, &[1; 15]),
        (28, &[1; 17]),
        (5, b"\x01a\0\0"),
        (5, b"\x01a"),
        (5, b""),
    ] {
        // Another record follows, so that there are bytes to read.
        let records = [record(kind, 1, 60, data), record(16, 1, 60, &[0; 20])];
        let message = answer(&[&records[0], &records[1]]);
        assert!(Message::read(&message).is_none(), "{kind} {data:?}");
    }
}
