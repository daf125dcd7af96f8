//! Messages of name servers, byte by byte.

#![expect(clippy::tests_outside_test_module, clippy::unwrap_used, reason = "all of this is tests")]

mod chain;
mod message;
mod name;
mod record;

use qos_common::dns::{Message, name::Name};

/// The question's name is at offset 12: `www.example.com`; `example.com` is at 16, `com` at 24.
const QUESTION: &[u8] = b"\x03www\x07example\x03com\0\0\x01\0\x01";

/// An answer to a question for www.example.com, with these records. They begin at offset 33.
fn answer(records: &[&[u8]]) -> Vec<u8> {
    let count = u8::try_from(records.len()).unwrap();
    let header = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
    [&header, QUESTION, &records.concat()].concat()
}

/// Labels with dots between them.
fn text(name: Name<'_>) -> String {
    let labels = name.labels().map(|label| String::from_utf8_lossy(label).into_owned());
    labels.collect::<Vec<_>>().join(".")
}

/// The addresses, each with its name and time.
fn addresses(message: &[u8]) -> Vec<String> {
    use qos_common::dns::record::Data;
    let message = Message::read(message).unwrap();
    let records = message.answers().map(|record| match record.data {
        Data::Address(address) => format!("{} {address} {}", text(record.name), record.time),
        Data::Alias(alias) => format!("{} {} {}", text(record.name), text(alias), record.time),
        Data::Other => format!("{} - {}", text(record.name), record.time),
    });
    records.collect()
}
