//! Headers, and where messages end.

use qos_common::dns::Message;

use super::{addresses, answer, text};

const RECORD: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x08";

/// An answer with a record, whose header has `value` at `place`.
fn with(place: usize, value: u8) -> Vec<u8> {
    let mut message = answer(&[RECORD]);
    message[place] = value;
    message
}

#[test]
fn a_header_says_what_it_is() {
    let whole = answer(&[RECORD]);
    let message = Message::read(&whole).unwrap();
    assert_eq!((message.id, text(message.question)), (0x1234, "www.example.com".to_owned()));
    assert!(message.is_answer && message.is_positive);
    assert!(!Message::read(&with(2, 1)).unwrap().is_answer);
    // There is no such name.
    assert!(!Message::read(&with(3, 0x83)).unwrap().is_positive);
}

#[test]
fn only_standard_questions_for_one_name_are_read() {
    // A status request, an update, no question, two of them.
    for (place, value) in [(2, 0x91), (2, 0xa9), (5, 0), (5, 2)] {
        assert!(Message::read(&with(place, value)).is_none(), "{place} {value}");
    }
}

#[test]
fn what_is_cut_is_no_message() {
    let whole = answer(&[RECORD, RECORD]);
    for length in 0..whole.len() {
        assert!(Message::read(&whole[..length]).is_none(), "{length}");
    }
    // What stands behind is not read.
    assert!(Message::read(&[&whole[..], &[0xff; 9]].concat()).is_some());
    assert!(Message::read(&with(11, 1)).is_some());
}

#[test]
fn of_a_truncated_answer_whole_records_count() {
    let mut whole = answer(&[RECORD, RECORD]);
    whole[2] |= 2;
    for (length, count) in [(33, 0), (48, 0), (49, 1), (64, 1), (65, 2)] {
        assert_eq!(addresses(&whole[..length]).len(), count, "{length}");
    }
    assert!(Message::read(&whole[..32]).is_none());
}
