//! Names of destinations.

use super::Fault;
use crate::diagnostic::{quoted, shortened};
use crate::policy::HostPattern;
use crate::policy::parse::{Value, digits};

const RIGHT: &str =
    "write a name (\"example.com\"), \"*.example.com\" for all below it, or a list of them";

/// A host's name, or `*.` and a name.
pub fn read(value: &Value) -> Result<HostPattern, Fault> {
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a host's name in quotation marks", value).hinted(RIGHT));
    };
    HostPattern::new(text).ok_or_else(|| {
        let fault = Fault::unreadable(format!("{} is no host's name", quoted(text)));
        if text.parse::<ipnet::IpNet>().is_ok() || text.parse::<std::net::IpAddr>().is_ok() {
            return fault
                .hinted(format!("an address is a destination: `destination = \"{text}\"`"));
        }
        fault.hinted(right(text))
    })
}

fn right(text: &str) -> String {
    let without_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = without_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let with_port = authority.rsplit_once(':').filter(|(_, port)| digits(port).is_some());
    let (host, port) = with_port.map_or((authority, None), |(host, port)| (host, Some(port)));
    let host = if host.starts_with('.') { format!("*{host}") } else { host.to_owned() };
    if !text.is_ascii() {
        "write it as DNS has it: \"xn--…\" (IDNA)".to_owned()
    } else if text == "*" {
        "leave the key out for any host".to_owned()
    } else if host != text && HostPattern::new(&host).is_some() {
        let and = port.map(|port| format!(" and `destination-port = {}`", shortened(port)));
        format!("did you mean \"{host}\"{}?", and.unwrap_or_default())
    } else if text.len() > 63 {
        "a name has at most 253 characters, and 63 between two dots".to_owned()
    } else {
        RIGHT.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<HostPattern, Fault> {
        read(&Value::Text(text.to_owned()))
    }

    #[test]
    fn names_and_all_below_a_name_are_read() {
        assert_eq!(text("Example.COM.").unwrap().to_string(), "example.com");
        assert_eq!(text("*.crashplan.com").unwrap().to_string(), "*.crashplan.com");
        assert!(text(&format!("{}a.b", "a.".repeat(124))).is_ok());
    }

    #[test]
    fn what_is_no_name_is_told_what_would_be_right() {
        let hint = |written: &str| text(written).unwrap_err().hints.remove(0);
        assert_eq!(hint("192.0.2.1"), "an address is a destination: `destination = \"192.0.2.1\"`");
        assert_eq!(hint("https://example.com/x"), "did you mean \"example.com\"?");
        assert_eq!(hint(".example.com"), "did you mean \"*.example.com\"?");
        assert!(hint("a.b:443").ends_with("\"a.b\" and `destination-port = 443`?"));
        assert_eq!(hint("*"), "leave the key out for any host");
        for wrong in ["", ".", "*.", "a..b", "-a.b", "a-.b", "a*.b", "a.*.b", "a b", "1.2.3.4.5"] {
            assert_eq!(hint(wrong), RIGHT, "{wrong}");
        }
        text(&"a".repeat(64)).unwrap_err();
        text(&"a.".repeat(128)).unwrap_err();
    }
}
