//! With whom sockets of this network namespace are connected.

use std::{
    collections::BTreeSet,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Sockets by protocol and family (`proc_net_tcp.rst` of the kernel's documentation).
const FILES: [&str; 4] = ["tcp", "tcp6", "udp", "udp6"];

/// The addresses of their peers.
pub(super) fn addresses() -> BTreeSet<IpAddr> {
    let files = FILES
        .iter()
        .filter_map(|file| fs::read_to_string(format!("/proc/thread-self/net/{file}")).ok());
    files.flat_map(|text| text.lines().filter_map(peer).collect::<Vec<_>>()).collect()
}

/// The third word of a line: an address in words of the machine's byte order, a colon, and a port.
fn peer(line: &str) -> Option<IpAddr> {
    let (address, port) = line.split_whitespace().nth(2)?.split_once(':')?;
    if port == "0000" {
        return None;
    }
    let word = |index: usize| {
        let text = address.get(8 * index..8 * index + 8)?;
        Some(u32::from_str_radix(text, 16).ok()?.to_ne_bytes())
    };
    if address.len() == 8 {
        return Some(Ipv4Addr::from(word(0)?).into());
    }
    let words = [word(0)?, word(1)?, word(2)?, word(3)?];
    let bytes: [u8; 16] = words.concat().try_into().ok()?;
    Some(IpAddr::from(Ipv6Addr::from(bytes)).to_canonical())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn peers_of_both_families_are_found() {
        let listeners = ["127.0.3.1:0", "[::1]:0"].map(|end| TcpListener::bind(end).unwrap());
        let here = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
        let before = addresses();
        assert!(!before.contains(&here[0].ip()), "{before:?}");
        let _streams = here.map(|end| TcpStream::connect(end).unwrap());
        let after = addresses();
        assert!(here.iter().all(|end| after.contains(&end.ip())), "{after:?}");
    }
}
