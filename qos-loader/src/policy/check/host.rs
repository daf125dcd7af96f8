//! Names of destinations.

use super::Fault;
use crate::policy::HostPattern;
use crate::policy::parse::Value;

const RIGHT: &str =
    "write a name (\"example.com\"), \"*.example.com\" for all below it, or a list of them";

/// A host's name, or `*.` and a name.
pub fn read(value: &Value) -> Result<HostPattern, Fault> {
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a host's name in quotation marks", value).hinted(RIGHT));
    };
    HostPattern::new(text).ok_or_else(|| {
        let fault = Fault::unreadable(format!("{text:?} is no host's name"));
        if text.parse::<ipnet::IpNet>().is_ok() || text.parse::<std::net::IpAddr>().is_ok() {
            return fault
                .hinted(format!("an address is a destination: `destination = \"{text}\"`"));
        }
        if !text.is_ascii() {
            return fault.hinted("write it as DNS has it: \"xn--…\" (IDNA)");
        }
        match text.split_once("://") {
            Some((_, rest)) => {
                let host = rest.split(['/', ':']).next().unwrap_or_default();
                fault.hinted(format!("did you mean \"{host}\"?"))
            }
            None => fault.hinted(RIGHT),
        }
    })
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
        for wrong in
            ["", ".", "*", "*.", "a..b", "-a.b", "a-.b", "a*.b", "a.*.b", "a b", "1.2.3.4.5"]
        {
            assert_eq!(hint(wrong), RIGHT, "{wrong}");
        }
        text(&"a".repeat(64)).unwrap_err();
        text(&"a.".repeat(128)).unwrap_err();
    }
}
