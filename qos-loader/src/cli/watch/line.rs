//! A flow in a line.

use core::fmt::{self, Display};
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use qos_common::dscp::Dscp;
use serde_json::{Value, json};

use super::sender::Sender;
use crate::{control::watched::WatchedFlow, output::policy, policy::ProtocolMatch};

/// Of the columns.
pub(super) const TITLES: &str = "TIME                      DSCP          POLICY                    \
    APPLICATION               USER        FLOW";

/// A flow and who sends it.
pub(super) struct FlowLine<'a> {
    pub(super) flow: &'a WatchedFlow,
    pub(super) sender: Sender,
}

impl FlowLine<'_> {
    /// With the keys of a policy where they say the same.
    pub(super) fn document(&self) -> Value {
        let WatchedFlow { protocol, before, after, ref policy, ref interface, ref host, .. } =
            *self.flow;
        let dscp = |value: Option<u8>| value.and_then(Dscp::new).map(policy::dscp);
        let [source, destination] = self.ends();
        json!({
            "time": self.time().to_string(),
            "interface": interface,
            "policy": policy,
            "application": self.sender.application,
            "user": self.sender.user,
            "protocol": ProtocolMatch::Number(protocol).to_string(),
            "source": source,
            "destination": destination,
            "host": host,
            "before": dscp(before),
            "after": dscp(after),
        })
    }

    fn time(&self) -> impl Display {
        let time: SystemTime = UNIX_EPOCH + Duration::from_millis(self.flow.time);
        humantime::format_rfc3339_millis(time)
    }

    /// An address alone, or with the port.
    fn ends(&self) -> [String; 2] {
        let WatchedFlow { source, destination, ports: [from, to], .. } = *self.flow;
        let end = |address: IpAddr, port: Option<u16>| match port {
            Some(port) => SocketAddr::new(address, port).to_string(),
            None => address.to_string(),
        };
        [end(source, from), end(destination, to)]
    }
}

impl Display for FlowLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WatchedFlow { protocol, before, after, ref policy, ref host, .. } = *self.flow;
        let dscp = |value: Option<u8>| {
            value.and_then(Dscp::new).map_or_else(
                || "?".to_owned(),
                |dscp| dscp.name().map_or_else(|| dscp.value().to_string(), str::to_owned),
            )
        };
        let dscp = format!("{} -> {}", dscp(before), dscp(after));
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let [policy, application, user] =
            [policy, &self.sender.application, &self.sender.user].map(or_none);
        let (time, protocol) = (self.time(), ProtocolMatch::Number(protocol));
        let [source, destination] = self.ends();
        write!(
            f,
            "{time}  {dscp:<12}  {policy:<24}  {application:<24}  {user:<10}  {protocol} {source} -> {destination}"
        )?;
        host.as_ref().map_or(Ok(()), |host| write!(f, " ({host})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow() -> WatchedFlow {
        WatchedFlow {
            time: 1_763_791_868_123,
            interface: Some("eth0".to_owned()),
            policy: Some("Copies".to_owned()),
            application: None,
            user: Some(0),
            protocol: 6,
            source: "2001:db8::1".parse().unwrap(),
            destination: "2001:db8::2".parse().unwrap(),
            ports: [Some(40_000), Some(443)],
            is_own: true,
            host: Some("www.example.com".to_owned()),
            before: Some(0),
            after: Some(3),
        }
    }

    fn line(flow: &WatchedFlow) -> String {
        let sender = Sender { application: Some("/usr/bin/copy".to_owned()), user: None };
        FlowLine { flow, sender }.to_string()
    }

    #[test]
    fn columns_stand_below_their_titles() {
        let line = line(&flow());
        for (title, start) in [
            ("DSCP", "CS0 -> 3"),
            ("POLICY", "Copies"),
            ("APPLICATION", "/usr/"),
            ("USER", "-"),
            ("FLOW", "tcp [2001:db8::1]:40000 -> [2001:db8::2]:443 (www.example.com)"),
        ] {
            assert!(line[TITLES.find(title).unwrap()..].starts_with(start), "{title}: {line}");
        }
        assert!(line.starts_with("2025-11-22T06:11:08.123Z  "), "{line}");
    }

    #[test]
    fn what_is_not_known_is_no_text() {
        let unknown = WatchedFlow {
            policy: None,
            protocol: 1,
            ports: [None; 2],
            host: None,
            before: None,
            after: None,
            ..flow()
        };
        let line = line(&unknown);
        assert!(
            line.contains("Z  ? -> ?  ") && line.ends_with("  icmp 2001:db8::1 -> 2001:db8::2"),
            "{line}"
        );
        let sender = Sender { application: None, user: None };
        let document = FlowLine { flow: &unknown, sender }.document();
        for key in ["policy", "application", "user", "host", "before", "after"] {
            assert_eq!(document[key], Value::Null, "{key}");
        }
    }
}
