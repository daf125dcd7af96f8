//! Names and their pointers.

use qos_common::dns::{Message, name::MOST_POINTERS};

use super::{answer, text};

/// A record with this name, without data, of a type that is not read.
fn record(name: &[u8]) -> Vec<u8> {
    [name, b"\0\x10\0\x01\0\0\0\x3c\0\0"].concat()
}

/// The name of an answer's last record.
fn last(records: &[&[u8]]) -> Option<String> {
    let records: Vec<_> = records.iter().map(|name| record(name)).collect();
    let message = answer(&records.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let message = Message::read(&message)?;
    message.answers().last().map(|record| text(record.name))
}

#[test]
fn a_pointer_leads_to_an_end() {
    for (name, expected) in [
        (b"\0".as_slice(), ""),
        (b"\x01a\0", "a"),
        (b"\xc0\x0c", "www.example.com"),
        (b"\x04mail\xc0\x10", "mail.example.com"),
        (b"\x01a\x01b\xc0\x18", "a.b.com"),
        // To the root behind `com`.
        (b"\xc0\x1c", ""),
    ] {
        assert_eq!(last(&[name]).as_deref(), Some(expected), "{name:?}");
    }
    // By way of another one, which stands at 33.
    assert_eq!(last(&[b"\x01a\xc0\x10", b"\x01b\xc0\x21"]).as_deref(), Some("b.a.example.com"));
}

#[test]
fn a_pointer_that_does_not_lead_back_is_none() {
    // To itself, to the label before it, ahead, and beyond the end.
    for name in [b"\xc0\x21".as_slice(), b"\x01a\xc0\x21", b"\xc0\x23", b"\xff\xff"] {
        assert_eq!(last(&[name]), None, "{name:?}");
    }
    // Labels that would run into the name that led to them, of the header's bytes: 0x12 is a length.
    assert_eq!(last(&[b"\xc0\x00"]), None);
    // Two that lead to each other.
    assert_eq!(last(&[b"\xc0\x2d", b"\xc0\x21"]), None);
    // Lengths of kinds that there are not.
    assert_eq!(last(&[b"\x40\0"]), None);
    assert_eq!(last(&[b"\x80\0"]), None);
}

#[test]
#[cfg_attr(miri, ignore = "so many pointers take Miri half a minute")]
fn pointers_are_bounded() {
    // Each leads to the one before.
    let names: Vec<_> = (0..=u16::from(MOST_POINTERS))
        .map(|index| (0xc000 | if index == 0 { 12 } else { 33 + 12 * (index - 1) }).to_be_bytes())
        .collect();
    let names: Vec<_> = names.iter().map(<[u8; 2]>::as_slice).collect();
    assert_eq!(last(&names[..127]).as_deref(), Some("www.example.com"));
    assert_eq!(last(&names), None);
}

#[test]
fn a_name_has_255_bytes_at_most() {
    let label = |length: u8| [vec![length], vec![b'a'; length.into()]].concat();
    let longest = [label(63), label(63), label(63), label(61), vec![0]].concat();
    assert_eq!(last(&[&longest]).map(|name| name.len()), Some(253));
    let longer = [label(63), label(63), label(63), label(62), vec![0]].concat();
    assert_eq!(last(&[&longer]), None);
    // With an end of 13 bytes elsewhere.
    let with_end = |length| [label(63), label(63), label(63), label(length), vec![0xc0, 0x10]];
    assert!(last(&[&with_end(49).concat()]).is_some());
    assert_eq!(last(&[&with_end(50).concat()]), None);
}

#[test]
fn case_makes_no_difference() {
    let names = |name: &[u8]| {
        let message = answer(&[&record(name)]);
        let message = Message::read(&message).unwrap();
        message.answers().all(|record| record.name == message.question)
    };
    assert!(names(b"\x03WwW\xc0\x10") && names(b"\x03www\x07EXAMPLE\x03com\0"));
    assert!(!names(b"\x03wwx\xc0\x10") && !names(b"\xc0\x10") && !names(b"\x01a\xc0\x0c"));
}
