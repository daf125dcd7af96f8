//! Reads messages of name servers (RFC 1035) in UDP packets.
#![expect(clippy::wildcard_enum_match_arm, reason = "servers say more than is asked here")]

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use qos_common::name_message::PORT;
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord, rdata::RData};

use super::questions::Asked;
use crate::policy::HostName;

/// A question, or an answer with what it was to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    Question(Asked),
    Answer(Asked, Vec<Record>),
}

/// That a name has an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: HostName,
    pub(super) address: IpAddr,
    /// How long it may be kept.
    pub(super) time: Duration,
}

/// From the IP header on. None for what is no such message, has another question than one, or is about
/// a name that no policy could have.
pub(super) fn read(packet: &[u8]) -> Option<Message> {
    let packet = SlicedPacket::from_ip(packet).ok()?;
    let (from, to): (IpAddr, IpAddr) = match packet.net? {
        NetSlice::Ipv4(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        NetSlice::Ipv6(ip) => {
            (ip.header().source_addr().into(), ip.header().destination_addr().into())
        }
        NetSlice::Arp(_) => return None,
    };
    let Some(TransportSlice::Udp(udp)) = packet.transport else { return None };
    let from = SocketAddr::new(from, udp.source_port());
    let to = SocketAddr::new(to, udp.destination_port());
    let message = Packet::parse(udp.payload()).ok()?;
    let [question] = message.questions.as_slice() else { return None };
    let name = host(&question.qname)?;
    let is_answer = message.has_flags(PacketFlag::RESPONSE);
    let (client, server) = if is_answer { (to, from) } else { (from, to) };
    let asked = Asked { client, server, id: message.id(), name };
    if server.port() != PORT {
        return None;
    }
    if !is_answer {
        return Some(Message::Question(asked));
    }
    let records = match message.rcode() {
        RCODE::NoError => records(&question.qname, &message.answers),
        _ => Vec::new(),
    };
    Some(Message::Answer(asked, records))
}

/// The addresses of `asked` and of the names that it is an alias of.
fn records(asked: &Name<'_>, answers: &[ResourceRecord<'_>]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut seen = Vec::new();
    let mut names = Vec::new();
    let mut time = u32::MAX;
    let mut next = Some(asked);
    while let Some(name) = next.take() {
        // An alias of an alias can lead back.
        if seen.contains(&name) {
            break;
        }
        seen.push(name);
        names.extend(host(name));
        let of_name = |one: &&ResourceRecord<'_>| one.class == CLASS::IN && one.name == *name;
        for answer in answers.iter().filter(of_name) {
            let address = match &answer.rdata {
                RData::A(a) => Ipv4Addr::from(a.address).into(),
                RData::AAAA(aaaa) => Ipv6Addr::from(aaaa.address).into(),
                RData::CNAME(alias) => {
                    time = time.min(answer.ttl);
                    next = Some(&alias.0);
                    continue;
                }
                _ => continue,
            };
            let time = Duration::from_secs(time.min(answer.ttl).into());
            records.extend(names.iter().map(|name| Record { name: name.clone(), address, time }));
        }
    }
    records
}

fn host(name: &Name<'_>) -> Option<HostName> {
    HostName::new(&name.to_string())
}

#[cfg(test)]
mod tests {
    use etherparse::PacketBuilder;

    use super::*;

    /// An answer of a server to a question for www.example.com, with these records behind it.
    fn packet(records: &[&[u8]]) -> Vec<u8> {
        let count = u8::try_from(records.len()).unwrap();
        let mut message = vec![0x12, 0x34, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
        message.extend(b"\x03www\x07example\x03com\0\0\x01\0\x01");
        message.extend(records.concat());
        let mut packet = Vec::new();
        let headers = PacketBuilder::ipv4([192, 0, 2, 53], [192, 0, 2, 1], 64).udp(53, 4_000);
        headers.write(&mut packet, &message).unwrap();
        packet
    }

    fn addresses(records: &[&[u8]]) -> Vec<String> {
        let Some(Message::Answer(asked, records)) = read(&packet(records)) else { panic!() };
        assert_eq!((asked.id, asked.name.to_string()), (0x1234, "www.example.com".to_owned()));
        assert_eq!(asked.client, "192.0.2.1:4000".parse().unwrap());
        let text = |one: &Record| format!("{} {} {}", one.name, one.address, one.time.as_secs());
        records.iter().map(text).collect()
    }

    /// The question's name is at offset 12.
    const ALIAS: &[u8] = b"\xc0\x0c\0\x05\0\x01\0\0\0\x1e\0\x05\x02ab\xc0\x10";
    /// `ab.example.com`, which stands behind the question and the alias' own header.
    const OF_ALIAS: &[u8] = b"\xc0\x2d\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x07";
    const OF_NAME: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x08";
    /// The class of chaos.
    const OTHER_CLASS: &[u8] = b"\xc0\x0c\0\x01\0\x03\0\0\0\x3c\0\x04\xc6\x33\x64\x09";
    /// Of `com`, for which nobody asked.
    const OTHER_NAME: &[u8] = b"\xc0\x18\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x0a";

    #[test]
    fn an_alias_and_its_name_have_the_address_for_the_shorter_time() {
        let both = ["www.example.com 198.51.100.7 30", "ab.example.com 198.51.100.7 30"];
        assert_eq!(addresses(&[ALIAS, OF_ALIAS]), both);
    }

    #[test]
    fn only_what_was_asked_for_counts() {
        let only = ["www.example.com 198.51.100.8 60"];
        assert_eq!(addresses(&[OTHER_NAME, OF_NAME, OTHER_CLASS]), only);
    }

    #[test]
    fn an_alias_of_itself_ends() {
        let to_itself = b"\xc0\x0c\0\x05\0\x01\0\0\0\x1e\0\x02\xc0\x0c";
        assert_eq!(addresses(&[to_itself, OF_NAME]), ["www.example.com 198.51.100.8 30"]);
    }

    #[test]
    fn what_is_cut_is_no_message() {
        let whole = packet(&[OF_NAME]);
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
    }
}
