//! The tables that lead from a request to the rules for it ([`qos_common::policy_set::url`]). A rule
//! has one URL at most, so that no request takes the host of one and the path of another.

use std::collections::BTreeMap;

use qos_common::{
    policy_set::{
        Dimension, layout,
        url::{ANY_HOST, NAMED, OTHER_PORT, host_key, path_key, port_key},
    },
    request::key,
};

use super::{Builder, hash, rule_set::RuleSet};
use crate::policy::{UrlPattern, condition::Scheme, expand::Rule};

impl Builder<'_> {
    pub(super) fn urls(&mut self) {
        let has_url = |rule: &Rule| !rule.urls.is_empty();
        let base = self.indifferent(Dimension::UrlHost, has_url);
        self.indifferent(Dimension::UrlPort, has_url);
        self.indifferent(Dimension::UrlPath, has_url);
        self.url_hosts(&base);
        self.url_ports(&base);
        self.url_paths(&base);
    }

    /// A host's set holds the rules for any host too.
    fn url_hosts(&mut self, base: &RuleSet) {
        let of_url = |url: &UrlPattern| (url.scheme.number(), url.host.key().unwrap_or(ANY_HOST));
        let map = self.by_value(|rule| rule.urls.iter().map(of_url));
        let sets = map.iter().map(|((scheme, host), rules)| {
            let any = map.get(&(*scheme, ANY_HOST)).into_iter().flatten();
            (host_key(*scheme, *host), base.with(rules.iter().chain(any).copied()))
        });
        hash::build(&mut self.arena, layout::URL_HOSTS, base, sets);
    }

    /// A request that names no port is for its scheme's, and for the one that it came to.
    fn url_ports(&mut self, base: &RuleSet) {
        let map = self.by_value(|rule| rule.urls.iter().map(|url| url.port));
        let of_port = |port: Option<u16>| map.get(&port).into_iter().flatten().copied();
        let any = base.with(of_port(None));
        let own = [Scheme::Http, Scheme::Https]
            .map(|one| (one.number(), any.with(of_port(Some(one.port())))));
        let bases = [(NAMED, any)].into_iter().chain(own);
        let sets = bases.flat_map(|(asked, base)| {
            let listed = map.keys().filter_map(|port| *port);
            let sets: Vec<(u64, RuleSet)> = listed
                .map(|port| (port_key(asked, port.into()), base.with(of_port(Some(port)))))
                .collect();
            sets.into_iter().chain([(port_key(asked, OTHER_PORT), base)])
        });
        hash::build(&mut self.arena, layout::URL_PORTS, base, sets);
    }

    /// A path's set holds the rules for what lies below its ancestors too.
    fn url_paths(&mut self, base: &RuleSet) {
        let mut map: BTreeMap<&[String], [Vec<usize>; 2]> = BTreeMap::new();
        for (index, rule) in self.rules.iter().enumerate() {
            for url in &rule.urls {
                let [below, exactly] = map.entry(&url.path).or_default();
                if url.subdirectories { below.push(index) } else { exactly.push(index) }
            }
        }
        let sets = map.iter().flat_map(|(path, [_, exactly])| {
            let above = (0..=path.len()).filter_map(|length| map.get(&path[..length]));
            let below = base.with(above.flat_map(|[below, _]| below).copied());
            let hash = key::path(path.iter().map(String::as_str));
            let exactly = below.with(exactly.iter().copied());
            [(path_key(hash, false), below), (path_key(hash, true), exactly)]
        });
        hash::build(&mut self.arena, layout::URL_PATHS, base, sets);
    }
}
