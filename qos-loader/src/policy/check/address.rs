//! Addresses and prefixes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net};

use super::{Fault, key};
use crate::diagnostic::quoted;
use crate::policy::parse::{Value, digits};
use crate::policy::{AddressMatch, HostPattern};

const RIGHT: &str =
    "write an address (192.0.2.1), a prefix (2001:db8::/32), any, or a list of them";

/// An address or prefix of IPv4 or IPv6, or `any`.
pub fn read(value: &Value) -> Result<AddressMatch, Fault> {
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("an address in quotation marks", value).hinted(RIGHT));
    };
    if text.eq_ignore_ascii_case("any") {
        return Ok(AddressMatch::Any);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(AddressMatch::Prefix(address.into()));
    }
    let net = prefix(text).ok_or_else(|| not_an_address(text))?;
    if net.trunc() != net {
        let message = format!("{text} has bits set behind its first {}", net.prefix_len());
        return Err(Fault::unreadable(message).hinted(did_you_mean(net)));
    }
    Ok(AddressMatch::Prefix(net))
}

/// The library takes leading zeros too, which others read as octal.
fn prefix(text: &str) -> Option<IpNet> {
    let (address, length) = text.split_once('/')?;
    let length = u8::try_from(digits(length)?).ok()?;
    IpNet::new(address.parse().ok()?, length).ok()
}

fn not_an_address(text: &str) -> Fault {
    let fault = Fault::unreadable(format!("{} is no address or prefix", quoted(text)));
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        let port = with_port.port();
        return fault.hinted(format!("a port stands alone: `destination-port = {port}`"));
    }
    let Some((address, length)) = text.split_once('/') else {
        return fault.hinted(without_length(text));
    };
    match (address.parse::<IpAddr>(), length.parse::<Ipv4Addr>()) {
        (Ok(IpAddr::V4(address)), Ok(mask)) => match Ipv4Net::with_netmask(address, mask) {
            Ok(net) => fault.hinted(did_you_mean(net.into())),
            Err(_) => fault.hinted(RIGHT),
        },
        (Ok(address), _) if digits(length).is_some() => {
            let bits = if address.is_ipv4() { 32 } else { 128 };
            fault.hinted(format!("the prefix of such an address has 0 to {bits} bits"))
        }
        _ => fault.hinted(RIGHT),
    }
}

/// What would be right instead of a text that is no address.
fn without_length(text: &str) -> String {
    let is_address = |text: &str| text.parse::<IpAddr>().is_ok();
    let (before_zone, zone) = text.split_once('%').unwrap_or((text, ""));
    let plain = before_zone.trim_start_matches('[').trim_end_matches(']');
    if text == "*" || text == "all" || key::nearest(text, ["any"].into_iter()).is_some() {
        "did you mean any?".to_owned()
    } else if is_address(plain) && !zone.is_empty() {
        format!("an address stands without its interface: did you mean {plain}?")
    } else if is_address(plain) {
        format!("did you mean {plain}?")
    } else if text.split_once('-').is_some_and(|(low, high)| is_address(low) && is_address(high)) {
        "write a range as a list of prefixes".to_owned()
    } else if HostPattern::new(text).is_some() {
        "a host's name is for `destination-host`".to_owned()
    } else {
        RIGHT.to_owned()
    }
}

fn did_you_mean(net: IpNet) -> String {
    format!("did you mean {}?", net.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<AddressMatch, Fault> {
        read(&Value::Text(text.to_owned()))
    }

    #[test]
    fn addresses_and_prefixes_print_as_they_were_written() {
        for written in ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1", "0.0.0.0/0", "any"] {
            assert_eq!(text(written).unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_prefix_is_told_what_would_be_right() {
        let hint = |written| text(written).unwrap_err().hints.remove(0);
        assert_eq!(hint("10.1.2.3/8"), "did you mean 10.0.0.0/8?");
        assert_eq!(hint("2001:db8::1/64"), "did you mean 2001:db8::/64?");
        assert_eq!(hint("10.1.0.0/255.0.0.0"), "did you mean 10.0.0.0/8?");
        assert_eq!(hint("10.0.0.0/33"), "the prefix of such an address has 0 to 32 bits");
        assert_eq!(hint("192.0.2.1:80"), "a port stands alone: `destination-port = 80`");
        assert_eq!(hint("*"), "did you mean any?");
        assert_eq!(hint("[::1]"), "did you mean ::1?");
        assert!(hint("fe80::1%eth0").ends_with("did you mean fe80::1?"));
        assert_eq!(hint("10.0.0.1-10.0.0.9"), "write a range as a list of prefixes");
        assert_eq!(hint("example.com"), "a host's name is for `destination-host`");
        for wrong in ["", "10.0.0", "010.0.0.0/8", "10.0.0.0/", "10.0.0.0/255.0.255.0", "::1/x"] {
            assert_eq!(hint(wrong), RIGHT);
        }
    }
}
