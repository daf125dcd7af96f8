//! A `ClientHello` beside `tls-parser`.

use qos_common::request::{HTTPS, Request};
use tls_parser::{
    SNIType, TlsExtension, TlsMessage, TlsMessageHandshake, TlsRecordType,
    parse_tls_client_hello_extensions, parse_tls_message_handshake, parse_tls_record_header,
};

use super::{Tally, authority::Host, drive::Event, expected};

/// The longest message and the longest record that a stream reads, in bytes.
const LONGEST: usize = 1 << 14;

pub(super) fn compare(input: &[u8], events: &[Event]) -> Tally {
    let Some(message) = message(input) else { return Tally::default() };
    let Some(answer) = parse(&message) else { return Tally::default() };
    let (Some(request), Some(found)) = (answer.ok(), events.first().and_then(|it| it.request))
    else {
        return Tally { reference: 1, ..Tally::default() };
    };
    assert_eq!(found, request);
    Tally { both: 1, ..Tally::default() }
}

/// The first message, from the records that it came in, which must be right.
fn message(input: &[u8]) -> Option<Vec<u8>> {
    let mut rest = input;
    let mut message = Vec::new();
    while message.len() < 4 || message.len() < length(&message) {
        let (behind, header) = parse_tls_record_header(rest).ok()?;
        let length = usize::from(header.len);
        let is_right = header.record_type == TlsRecordType::Handshake
            && header.version.0 >> 8 == 3
            && header.version.0 & 0xff <= 4
            && (1..=LONGEST).contains(&length);
        if !is_right {
            return None;
        }
        let (data, behind) = behind.split_at_checked(length)?;
        message.extend(data);
        rest = behind;
    }
    message.truncate(length(&message));
    Some(message)
}

fn length(message: &[u8]) -> usize {
    let length = message
        .get(1..4)
        .map_or(0, |bytes| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)));
    4 + length
}

/// What the message says, or why the stream refuses it, if it is a `ClientHello`.
fn parse(message: &[u8]) -> Option<Result<Request, &'static str>> {
    let (_, TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello))) =
        parse_tls_message_handshake(message).ok()?
    else {
        return None;
    };
    if message.len() > LONGEST + 4 {
        return Some(Err("a message that is too long"));
    }
    let (rest, extensions) = parse_tls_client_hello_extensions(hello.ext.unwrap_or(&[])).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let mut names = extensions.iter().flat_map(|extension| {
        let TlsExtension::SNI(names) = extension else { return Vec::new() };
        names.clone()
    });
    let name = names.find(|(kind, _)| *kind == SNIType::HostName);
    let host = name.and_then(|(_, name)| Host::of_server(name));
    Some(Ok(expected::request(HTTPS, host.as_ref(), &[])))
}
