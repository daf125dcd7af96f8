//! `/etc/hosts` (hosts(5)).

use std::{collections::BTreeSet, fs, net::IpAddr};

use anyhow::{Context as _, Result};

use crate::policy::HostName;

const FILE: &str = "/etc/hosts";

/// The names in it and their addresses.
pub(super) fn read() -> Result<BTreeSet<(HostName, IpAddr)>> {
    let bytes = fs::read(FILE).context(FILE)?;
    Ok(names(&String::from_utf8_lossy(&bytes)).collect())
}

/// An address and its names a line; what `#` begins is a remark.
fn names(text: &str) -> impl Iterator<Item = (HostName, IpAddr)> {
    text.lines().flat_map(|line| {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let address = words.next().and_then(|word| word.parse::<IpAddr>().ok());
        words.filter_map(move |word| Some((HostName::new(word)?, address?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_address_and_its_names() {
        let text = "127.0.0.1 localhost\n# 192.0.2.9 no.example\n\n192.0.2.1\tNAS.example nas # ours\n\
                    2001:db8::1 nas\nnonsense name\n192.0.2.3\n";
        let found: Vec<String> =
            names(text).map(|(name, address)| format!("{name} {address}")).collect();
        assert_eq!(
            found,
            ["localhost 127.0.0.1", "nas.example 192.0.2.1", "nas 192.0.2.1", "nas 2001:db8::1"]
        );
    }
}
