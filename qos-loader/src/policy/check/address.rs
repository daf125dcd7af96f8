//! Addresses and prefixes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net};

use super::Fault;
use crate::policy::AddressMatch;
use crate::policy::parse::{Value, digits};

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
    let Ok(net) = text.parse::<IpNet>() else {
        return Err(not_an_address(text));
    };
    if net.trunc() != net {
        let message = format!("{text} has bits set behind its first {}", net.prefix_len());
        return Err(Fault::unreadable(message).hinted(did_you_mean(net)));
    }
    Ok(AddressMatch::Prefix(net))
}

fn not_an_address(text: &str) -> Fault {
    let fault = Fault::unreadable(format!("\"{text}\" is no address or prefix"));
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        let port = with_port.port();
        return fault.hinted(format!("a port stands alone: `destination-port = {port}`"));
    }
    let Some((address, length)) = text.split_once('/') else {
        return fault.hinted(RIGHT);
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
        for wrong in ["", "10.0.0", "example.com", "10.0.0.0/", "10.0.0.0/255.0.255.0", "::1/x"] {
            assert_eq!(hint(wrong), RIGHT);
        }
    }
}
