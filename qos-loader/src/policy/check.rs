//! Keys and values as policies. One file for each kind of value says what it may be.

pub mod address;
pub mod cgroup;
mod combination;
pub mod dscp;
mod fault;
pub mod interface;
pub mod key;
pub mod name;
pub mod port;
pub mod protocol;
mod reader;
pub mod user;

use qos_common::dscp::Dscp;
use toml::Spanned;

use super::Conditions;
use super::parse::{Document, RawPolicy};
use crate::diagnostic::{Diagnostics, Place, Text};
use crate::events;

pub use fault::Fault;
use reader::Reader;

/// A policy of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// The place of the name.
    pub place: Place,
    /// What it says, unless there is a mistake in it.
    pub body: Option<(Conditions, Option<Dscp>)>,
}

/// What `[settings]` says; what is absent is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The interfaces that a command attaches to if it is told none: names and globs, those with a
    /// `!` are left out.
    pub interfaces: Option<Vec<String>>,
}

impl Settings {
    /// Takes over what `higher` has.
    pub fn merge(&mut self, higher: Self) {
        let Self { interfaces } = higher;
        self.interfaces = interfaces.or(self.interfaces.take());
    }
}

/// Checks the settings of a text.
pub fn settings(text: &Text, document: &Document, diagnostics: &mut Diagnostics) -> Settings {
    let mut reader = Reader::new(text, diagnostics);
    let mut settings = Settings::default();
    for entry in &document.settings {
        match entry.key.get_ref().as_str() {
            "interfaces" => {
                let patterns = reader.list(entry, interface::read);
                settings.interfaces = Some(values(&patterns));
            }
            _ => reader.no_key(entry, &key::SETTINGS),
        }
    }
    settings
}

/// Checks the policies of a text.
pub fn policies(text: &Text, document: &Document, diagnostics: &mut Diagnostics) -> Vec<Checked> {
    document.policies.iter().filter_map(|raw| policy(text, raw, diagnostics)).collect()
}

/// The lists of a policy's conditions, each value with its place.
#[derive(Default)]
struct Lists {
    user: Vec<Spanned<super::UserMatch>>,
    cgroup: Vec<Spanned<super::CgroupPattern>>,
    source: Vec<Spanned<super::AddressMatch>>,
    destination: Vec<Spanned<super::AddressMatch>>,
    source_port: Vec<Spanned<super::PortRange>>,
    destination_port: Vec<Spanned<super::PortRange>>,
    protocol: Vec<Spanned<super::ProtocolMatch>>,
}

/// `None` if the policy has no name to call it by.
fn policy(text: &Text, raw: &RawPolicy, diagnostics: &mut Diagnostics) -> Option<Checked> {
    let mut reader = Reader::new(text, diagnostics);
    let mut name = raw.default_name.clone().map(|name| Spanned::new(raw.header.clone(), name));
    let mut dscp = None;
    let mut lists = Lists::default();
    for entry in &raw.entries {
        match entry.key.get_ref().as_str() {
            "name" => name = reader.one(entry, name::read),
            "dscp" => dscp = reader.one(entry, dscp::read),
            "user" => lists.user = reader.list(entry, user::read),
            "cgroup" => lists.cgroup = reader.list(entry, cgroup::read),
            "source" => lists.source = reader.list(entry, address::read),
            "destination" => lists.destination = reader.list(entry, address::read),
            "source-port" => lists.source_port = reader.list(entry, port::read),
            "destination-port" => lists.destination_port = reader.list(entry, port::read),
            "protocol" => lists.protocol = reader.list(entry, protocol::read),
            _ => reader.no_key(entry, &key::POLICY),
        }
    }
    let has = |key: &str| raw.entries.iter().any(|entry| entry.key.get_ref() == key);
    if name.is_none() && !has("name") {
        let fault = Fault::new("this policy has no name").hinted("add `name = \"…\"`");
        reader.report(&raw.header, fault.with_event(events::NAME_EMPTY));
    }
    if !has("dscp") && !has("throttle") {
        let fault = Fault::new("this policy does nothing: it has no `dscp`");
        let fault = fault.hinted("add for instance `dscp = \"AF21\"`");
        reader.report(&raw.header, fault.with_event(events::NO_ACTION));
    }
    combination::check(&lists, &mut reader);
    let sound = reader.is_sound();
    let name = name?;
    let place = text.place(&name.span());
    let body = sound.then(|| (lists.into_conditions(), dscp.map(Spanned::into_inner)));
    Some(Checked { name: name.into_inner(), place, body })
}

impl Lists {
    fn into_conditions(self) -> Conditions {
        Conditions {
            user: values(&self.user),
            cgroup: values(&self.cgroup),
            source: values(&self.source),
            destination: values(&self.destination),
            source_port: values(&self.source_port),
            destination_port: values(&self.destination_port),
            protocol: values(&self.protocol),
        }
    }
}

fn values<T: Clone>(list: &[Spanned<T>]) -> Vec<T> {
    list.iter().map(|element| element.get_ref().clone()).collect()
}
