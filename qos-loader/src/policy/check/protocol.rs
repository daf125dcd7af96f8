//! Transport protocols.

use super::{Fault, key};
use crate::diagnostic::quoted;
use crate::policy::ProtocolMatch;
use crate::policy::condition::protocol::PROTOCOL_NAMES;
use crate::policy::parse::Value;

/// Both of them, in either order.
pub const TCP_UDP: [&str; 2] = ["tcp+udp", "udp+tcp"];

const RIGHT: &str = "write tcp, udp, tcp+udp, icmp, icmpv6, sctp, or a number of 0 to 255";

/// Protocols that are known by their number only, by what /etc/protocols calls them.
const BY_NUMBER: [(&str, u8); 10] = [
    ("igmp", 2),
    ("ipip", 4),
    ("dccp", 33),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("ipv6-icmp", 58),
    ("ospf", 89),
    ("vrrp", 112),
    ("udplite", 136),
];

/// A name in any case, or a number of the IANA registry.
pub fn read(value: &Value) -> Result<ProtocolMatch, Fault> {
    if let Some(number) = value.number() {
        let out_of_range = |_| Fault::no(number, "protocol").hinted(RIGHT);
        return u8::try_from(number).map(ProtocolMatch::Number).map_err(out_of_range);
    }
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a protocol", value).hinted(RIGHT));
    };
    if TCP_UDP.iter().any(|both| text.eq_ignore_ascii_case(both)) {
        return Ok(ProtocolMatch::TcpUdp);
    }
    let named = PROTOCOL_NAMES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
    named.map(|(_, number)| ProtocolMatch::Number(*number)).ok_or_else(|| unknown(text))
}

fn unknown(text: &str) -> Fault {
    let names = PROTOCOL_NAMES.iter().map(|(name, _)| *name).chain(TCP_UDP);
    let fault = Fault::unreadable(format!("there is no protocol {}", quoted(text)));
    if ["any", "all", "ip"].iter().any(|all| text.eq_ignore_ascii_case(all)) {
        return fault.hinted("leave the key out for any protocol");
    }
    let by_number = BY_NUMBER.iter().find(|(name, _)| text.eq_ignore_ascii_case(name));
    if let Some((_, number)) = by_number {
        return fault.hinted(format!("write its number: {number}"));
    }
    match key::nearest(text, names) {
        Some(near) => fault.hinted(format!("did you mean {near}?")),
        None => fault.hinted(RIGHT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case_and_numbers_are_read() {
        let text = |text: &str| read(&Value::Text(text.to_owned()));
        assert_eq!(text("TCP"), Ok(ProtocolMatch::Number(6)));
        assert_eq!(text("Tcp+Udp"), Ok(ProtocolMatch::TcpUdp));
        assert_eq!(text("47"), read(&Value::Integer(47)));
        assert_eq!(text("icmp6").unwrap_err().hints, ["did you mean icmpv6?"]);
        assert_eq!(text("gre").unwrap_err().hints, ["write its number: 47"]);
        read(&Value::Integer(256)).unwrap_err();
    }
}
