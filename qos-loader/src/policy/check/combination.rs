//! Conditions that are right alone but can't be met together.

use qos_common::wire::ports::has_ports;
use toml::Spanned;

use super::reader::Reader;
use super::{Fault, Lists};
use crate::policy::parse::RawPolicy;
use crate::policy::{AddressMatch, ProtocolMatch};

const ICMP: u8 = 1;
const TCP: u8 = 6;
const ICMPV6: u8 = 58;

/// `lists` are the right values of the lists in `raw`.
pub(super) fn check(lists: &Lists, reader: &mut Reader<'_>, raw: &RawPolicy) {
    let entry = |key: &str| raw.entries.iter().find(|entry| entry.key.get_ref() == key);
    // Of a list with a mistake nobody knows which families it has.
    let families = |key: &str, list: &[Spanned<AddressMatch>]| match entry(key) {
        Some(entry) if entry.elements().len() > list.len() => Families { v4: true, v6: true },
        _ => Families::of(list),
    };
    let with_url = entry("url").is_some();
    let source = families("source", &lists.source);
    let destination = families("destination", &lists.destination);
    let both = Families { v4: source.v4 && destination.v4, v6: source.v6 && destination.v6 };
    if !both.v4 && !both.v6 {
        let (of_source, of_destination) = (source.name(), destination.name());
        let message = format!("the destination is {of_destination}, but the source {of_source}");
        let fault = Fault::new(message).hinted("no packet has addresses of both families");
        if let Some(first) = lists.destination.first() {
            reader.report(&first.span(), fault);
        }
    }
    let with_ports = !lists.source_port.is_empty() || !lists.destination_port.is_empty();
    for protocol in &lists.protocol {
        check_protocol(protocol, both, with_ports, reader);
        if with_url && !protocol.get_ref().numbers().contains(&TCP) {
            let fault = Fault::new(format!("no URL is asked for over {}", protocol.get_ref()));
            reader.report(&protocol.span(), fault.hinted("leave `protocol` out, or write tcp"));
        }
    }
    if let Some(subdirectories) = &lists.subdirectories
        && !with_url
    {
        let fault = Fault::new("`subdirectories` is about the path of a `url`, which is missing");
        reader.report(&subdirectories.span(), fault.hinted("add `url`, or leave this out"));
    }
}

fn check_protocol(
    protocol: &Spanned<ProtocolMatch>,
    families: Families,
    with_ports: bool,
    reader: &mut Reader<'_>,
) {
    let ProtocolMatch::Number(number) = *protocol.get_ref() else {
        return;
    };
    let name = protocol.get_ref();
    if with_ports && !has_ports(number) {
        let fault = Fault::new(format!("the protocol {name} has no ports"));
        let hint = "ports are for tcp, udp, sctp, 33 (DCCP) and 136 (UDP-Lite)";
        reader.report(&protocol.span(), fault.hinted(hint));
    }
    match number {
        ICMP if families.v6 && !families.v4 => {
            let fault = Fault::new("icmp is of IPv4, but the addresses are IPv6");
            reader.report(&protocol.span(), fault.hinted("did you mean icmpv6?"));
        }
        ICMPV6 if families.v4 && !families.v6 => {
            let fault = Fault::new("icmpv6 is of IPv6, but the addresses are IPv4");
            reader.report(&protocol.span(), fault.hinted("did you mean icmp?"));
        }
        _ => {}
    }
}

/// The families of which some address matches.
#[derive(Clone, Copy)]
struct Families {
    v4: bool,
    v6: bool,
}

impl Families {
    fn of(addresses: &[Spanned<AddressMatch>]) -> Self {
        let has = |v6: bool| {
            addresses.is_empty()
                || addresses.iter().any(|address| match address.get_ref() {
                    AddressMatch::Any => true,
                    AddressMatch::Prefix(net) => net.addr().is_ipv6() == v6,
                })
        };
        Self { v4: has(false), v6: has(true) }
    }

    const fn name(self) -> &'static str {
        if self.v6 { "IPv6" } else { "IPv4" }
    }
}
