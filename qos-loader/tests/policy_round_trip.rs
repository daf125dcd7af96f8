//! Whatever policy there is, `show` writes it so that it reads as the same again. And whatever text
//! there is, reading it ends with policies or with diagnostics.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]

use ipnet::IpNet;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use qos_common::dscp::Dscp;
use qos_loader::diagnostic::{Diagnostics, Text};
use qos_loader::output;
use qos_loader::policy::condition::{KnownName as _, Scheme, UrlHost};
use qos_loader::policy::layer::PolicySet;
use qos_loader::policy::source::{Form, Layer};
use qos_loader::policy::throttle::RateUnit;
use qos_loader::policy::{
    Actions, AddressMatch, Application, CgroupPattern, Conditions, HostName, HostPattern, NameOrId,
    Origin, Policy, PortRange, ProtocolMatch, Rate, UrlPattern,
};
use serde_json::{Map, Value};

proptest! {
    #[test]
    fn a_policy_reads_as_it_was_shown(policy in policy("[^\\p{Cc}]{1,63}")) {
        let set = read(Form::File, &as_toml(&keys(&policy))).unwrap();
        prop_assert_eq!(&set.policies[0].name, &policy.name);
        prop_assert_eq!(&set.policies[0].conditions, &policy.conditions);
        prop_assert_eq!(set.policies[0].actions, policy.actions);
    }

    #[test]
    fn an_argument_says_the_same_as_a_file(policy in policy("[a-z][a-z =]{0,20}[a-z]")) {
        let set = read(Form::Argument, &as_argument(&keys(&policy))).unwrap();
        prop_assert_eq!(&set.policies[0].name, &policy.name);
        prop_assert_eq!(&set.policies[0].conditions, &policy.conditions);
        prop_assert_eq!(set.policies[0].actions, policy.actions);
    }

    #[test]
    fn any_text_is_read_or_explained(text in any_text()) {
        for form in [Form::File, Form::Argument] {
            if let Err(diagnostics) = read(form, &text) {
                prop_assert!(diagnostics.to_text(false).contains(": "));
                prop_assert!(!diagnostics.to_json().as_array().unwrap().is_empty());
            }
        }
    }
}

fn read(form: Form, text: &str) -> Result<PolicySet, Diagnostics> {
    let texts = vec![Text::new("test", text.to_owned())];
    PolicySet::of(&[Layer { name: "test".to_owned(), form, texts }])
}

/// The keys of the file; TOML has no objects for code points.
fn keys(policy: &Policy) -> Map<String, Value> {
    let mut keys = output::policy::keys(policy);
    if let Some(dscp) = policy.actions.dscp {
        keys["dscp"] = dscp.name().map_or(dscp.value().into(), Into::into);
    }
    keys
}

fn as_toml(keys: &Map<String, Value>) -> String {
    format!("[[policy]]\n{}", toml::to_string(keys).unwrap())
}

fn as_argument(keys: &Map<String, Value>) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let written = |(key, value): (&String, &Value)| {
        let list = value
            .as_array()
            .map_or_else(|| vec![plain(value)], |list| list.iter().map(plain).collect());
        format!("{key}={}", list.join("|"))
    };
    keys.iter().map(written).collect::<Vec<_>>().join(",")
}

fn policy(name: &'static str) -> impl Strategy<Value = Policy> {
    let origin =
        Origin { layer: 0, layer_name: "test".into(), file: "test".into(), line: 1, place: 0 };
    (name, actions(), conditions()).prop_map(move |(name, actions, conditions)| Policy {
        name,
        conditions,
        actions,
        origin: origin.clone(),
    })
}

/// A code point, a rate or both.
fn actions() -> impl Strategy<Value = Actions> {
    let dscp = || (0..=Dscp::MAX).prop_map(Dscp::new);
    let rate = || {
        let rate = (1..=u64::MAX, select(RateUnit::ALL));
        // So that each unit has small and large numbers.
        (rate, 0..60).prop_filter_map("countable", |((number, unit), shift)| {
            Some(Some(Rate::new(number >> shift, unit)?))
        })
    };
    let actions = prop_oneof![(dscp(), Just(None)), (Just(None), rate()), (dscp(), rate())];
    (actions, any::<bool>()).prop_map(|((dscp, throttle), keep_marked)| Actions {
        dscp,
        throttle,
        keep_marked,
    })
}

prop_compose! {
    fn conditions()(
        v6 in any::<bool>(),
        with_ports in any::<bool>(),
        with_url in any::<bool>(),
    )(
        user in vec(account(), 0..3),
        group in vec(account(), 0..3),
        application in vec(application(), 0..3),
        cgroup in vec(cgroup(), 0..3),
        source in vec(address(v6), 0..3),
        destination in vec(address(v6), 0..3),
        destination_host in vec(host(), 0..3),
        source_port in vec(port(), if with_ports { 0..3 } else { 0..1 }),
        destination_port in vec(port(), if with_ports { 0..3 } else { 0..1 }),
        protocol in vec(protocol(v6, with_ports, with_url), 0..3),
        url in urls(with_url),
    ) -> Conditions {
        Conditions {
            user, group, application, cgroup, source, destination, destination_host, source_port,
            destination_port, protocol, url,
        }
    }
}

fn account() -> impl Strategy<Value = NameOrId> {
    prop_oneof![
        "[a-z_][a-z0-9_@.-]{0,12}".prop_map(NameOrId::Name),
        (0..u32::MAX).prop_map(NameOrId::Id),
    ]
}

/// An argument has no commas and no `|` in its values, and no blanks around them.
fn application() -> impl Strategy<Value = Application> {
    let text = "[a-zA-Z0-9_äö%][a-zA-Z0-9_ .@+'\"=äö:\\\\*?\n\u{85}-]{0,10}[a-z0-9äö]";
    let fits = |byte: u8| if b"/,|".contains(&byte) { b'\\' } else { byte };
    let bytes = (vec((1..=u8::MAX).prop_map(fits), 0..4), "[a-z]");
    let file = prop_oneof![
        text.prop_map(String::into_bytes),
        bytes.prop_map(|(bytes, last)| [b"x", &bytes[..], last.as_bytes()].concat())
    ];
    (vec(file, 1..4), any::<bool>()).prop_map(|(elements, is_path)| {
        let path = [b"/", &elements.join(&b'/')[..]].concat();
        Application::from_bytes(if is_path { path } else { elements[0].clone() }).unwrap()
    })
}

fn host_name() -> impl Strategy<Value = HostName> {
    let label = "[a-z0-9_]([a-z0-9_-]{0,8}[a-z0-9])?";
    (vec(label, 0..4), "[a-z][a-z0-9]{0,5}").prop_map(|(mut labels, last)| {
        labels.push(last);
        HostName::new(&labels.join(".")).unwrap()
    })
}

fn host() -> impl Strategy<Value = HostPattern> {
    prop_oneof![host_name().prop_map(HostPattern::Exact), host_name().prop_map(HostPattern::Below),]
}

/// The URLs of a policy, all of them with subdirectories or all without.
fn urls(some: bool) -> impl Strategy<Value = Vec<UrlPattern>> {
    let host = prop_oneof![
        Just(UrlHost::Any),
        any::<std::net::Ipv4Addr>().prop_map(UrlHost::V4),
        any::<std::net::Ipv6Addr>().prop_map(UrlHost::V6),
        host_name().prop_map(UrlHost::Name),
    ];
    let port =
        prop_oneof![Just(None), Just(Some(80)), Just(Some(443)), (1..=u16::MAX).prop_map(Some)];
    let element = "[a-zA-Z0-9%~_=&;:@!$'()+.-]{0,8}[a-zA-Z0-9]";
    let url = (select(&[Scheme::Http, Scheme::Https][..]), host, port, vec(element, 0..4));
    (vec(url, if some { 1..4 } else { 0..1 }), any::<bool>()).prop_map(|(urls, subdirectories)| {
        let url =
            |(scheme, host, port, path)| UrlPattern { scheme, host, port, path, subdirectories };
        urls.into_iter().map(url).collect()
    })
}

fn cgroup() -> impl Strategy<Value = CgroupPattern> {
    vec(prop_oneof!["[a-z][a-z0-9.@-]{0,8}", Just("*".to_owned())], 0..=31)
        .prop_map(|elements| CgroupPattern::new(&format!("/{}", elements.join("/"))).unwrap())
}

fn address(v6: bool) -> impl Strategy<Value = AddressMatch> {
    let net = if v6 {
        (any::<u128>(), 0..=128_u8)
            .prop_map(|(bits, length)| IpNet::new(std::net::Ipv6Addr::from(bits).into(), length))
            .boxed()
    } else {
        (any::<u32>(), 0..=32_u8)
            .prop_map(|(bits, length)| IpNet::new(std::net::Ipv4Addr::from(bits).into(), length))
            .boxed()
    };
    prop_oneof![
        1 => Just(AddressMatch::Any),
        9 => net.prop_map(|net| AddressMatch::Prefix(net.unwrap().trunc())),
    ]
}

fn port() -> impl Strategy<Value = PortRange> {
    (1..=u16::MAX, 1..=u16::MAX)
        .prop_map(|(one, other)| PortRange { low: one.min(other), high: one.max(other) })
}

fn protocol(v6: bool, with_ports: bool, with_url: bool) -> BoxedStrategy<ProtocolMatch> {
    let icmp_of_the_other = if v6 { 1 } else { 58 };
    let number = if with_url {
        Just(6).boxed()
    } else if with_ports {
        select(&[6, 17, 33, 132, 136][..]).boxed()
    } else {
        any::<u8>().prop_filter("the addresses' family", move |n| *n != icmp_of_the_other).boxed()
    };
    prop_oneof![Just(ProtocolMatch::TcpUdp), number.prop_map(ProtocolMatch::Number)].boxed()
}

/// Text of any kind, and text that is nearly right.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = select(
        &[
            "[[policy]]",
            "[settings]",
            "\n",
            "name",
            "dscp",
            "source",
            "source-port",
            "protocol",
            "user",
            "group",
            "application",
            "cgroup",
            "destination-host",
            "url",
            "subdirectories",
            "throttle",
            "keep-marked",
            "app-marking",
            "version",
            "\"512 KBps\"",
            "\"8 \"",
            "\"*.example.com\"",
            "\"https://*:*/a/\"",
            "\"http://[::1\"",
            "interfaces",
            " = ",
            "=",
            ",",
            "|",
            "[",
            "]",
            "\"",
            "'",
            "\"ä\"",
            "\"日本\"",
            "\"\"",
            "184",
            "-1",
            "1.5",
            "443",
            "\"80:70\"",
            "\"10.0.0.1/8\"",
            "\"::1/64\"",
            "\"icmp\"",
            "true",
            "\r\n",
            "\t",
            "#",
            "{",
            "}",
            ".",
            "\"/a//b\"",
            "\u{feff}",
            "\0",
        ][..],
    );
    prop_oneof![any::<String>(), vec(pieces, 0..40).prop_map(|pieces| pieces.concat())]
}
