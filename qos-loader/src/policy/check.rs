//! Keys and values as policies. One file for each kind of value says what it may be.

pub mod account;
pub mod address;
pub mod application;
pub mod cgroup;
pub mod choice;
mod combination;
pub mod dscp;
mod fault;
pub mod host;
pub mod interface;
pub mod key;
pub mod name;
pub mod port;
pub mod protocol;
mod reader;
mod settings;
pub mod throttle;
pub mod url;
mod version;

use toml::Spanned;

use super::Actions;
use super::condition::{
    AddressMatch, Application, CgroupPattern, Conditions, HostPattern, NameOrId, PortRange,
    ProtocolMatch, UrlPattern,
};
use super::parse::{Document, RawPolicy};
use crate::diagnostic::{Diagnostics, Place, Text};
use crate::events;

pub use fault::Fault;
use reader::Reader;
pub use settings::settings;
pub use version::{VERSION, version};

/// A policy of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub name: String,
    /// The place of the name.
    pub place: Place,
    /// What it says, unless there is a mistake in it.
    pub body: Option<(Conditions, Actions)>,
}

/// Checks the policies of a text.
pub fn policies(text: &Text, document: &Document, diagnostics: &mut Diagnostics) -> Vec<Checked> {
    document.policies.iter().filter_map(|raw| policy(text, raw, diagnostics)).collect()
}

/// The lists of a policy's conditions, each value with its place.
#[derive(Default)]
struct Lists {
    user: Vec<Spanned<NameOrId>>,
    group: Vec<Spanned<NameOrId>>,
    application: Vec<Spanned<Application>>,
    cgroup: Vec<Spanned<CgroupPattern>>,
    source: Vec<Spanned<AddressMatch>>,
    destination: Vec<Spanned<AddressMatch>>,
    destination_host: Vec<Spanned<HostPattern>>,
    source_port: Vec<Spanned<PortRange>>,
    destination_port: Vec<Spanned<PortRange>>,
    protocol: Vec<Spanned<ProtocolMatch>>,
    url: Vec<Spanned<UrlPattern>>,
    subdirectories: Option<Spanned<bool>>,
}

/// `None` if the policy has no name to call it by.
fn policy(text: &Text, raw: &RawPolicy, diagnostics: &mut Diagnostics) -> Option<Checked> {
    let mut reader = Reader::new(text, diagnostics);
    let mut name = raw.default_name.clone().map(|name| Spanned::new(raw.header.clone(), name));
    let mut actions = Actions::default();
    let mut lists = Lists::default();
    for entry in &raw.entries {
        match entry.key.get_ref().as_str() {
            "name" => name = reader.one(entry, name::read),
            "dscp" => actions.dscp = reader.one(entry, dscp::read).map(Spanned::into_inner),
            "throttle" => {
                actions.throttle = reader.one(entry, throttle::read).map(Spanned::into_inner);
            }
            "keep-marked" => {
                let keep = reader.one(entry, choice::boolean);
                actions.keep_marked = keep.is_some_and(Spanned::into_inner);
            }
            "user" => lists.user = reader.list(entry, account::user),
            "group" => lists.group = reader.list(entry, account::group),
            "application" => lists.application = reader.list(entry, application::read),
            "cgroup" => lists.cgroup = reader.list(entry, cgroup::read),
            "source" => lists.source = reader.list(entry, address::read),
            "destination" => lists.destination = reader.list(entry, address::read),
            "destination-host" => lists.destination_host = reader.list(entry, host::read),
            "source-port" => lists.source_port = reader.list(entry, port::read),
            "destination-port" => lists.destination_port = reader.list(entry, port::read),
            "protocol" => lists.protocol = reader.list(entry, protocol::read),
            "url" => lists.url = reader.list(entry, url::read),
            "subdirectories" => lists.subdirectories = reader.one(entry, choice::boolean),
            _ => reader.no_key(entry, &key::POLICY),
        }
    }
    let has = |key: &str| raw.entries.iter().any(|entry| entry.key.get_ref() == key);
    if name.is_none() && !has("name") {
        let fault = Fault::new("this policy has no name").hinted("add `name = \"…\"`");
        reader.report(&raw.header, fault.with_event(events::NAME_EMPTY));
    }
    if !has("dscp") && !has("throttle") {
        let fault = Fault::new("this policy does nothing: it has neither `dscp` nor `throttle`");
        let fault = fault.hinted("add for instance `dscp = \"AF21\"`");
        reader.report(&raw.header, fault.with_event(events::NO_ACTION));
    }
    combination::check(&lists, &mut reader, raw);
    let sound = reader.is_sound();
    let name = name?;
    let place = text.place(&name.span());
    let body = sound.then(|| (lists.into_conditions(), actions));
    Some(Checked { name: name.into_inner(), place, body })
}

impl Lists {
    fn into_conditions(self) -> Conditions {
        let subdirectories = self.subdirectories.is_none_or(Spanned::into_inner);
        let url = values(self.url).into_iter().map(|url| UrlPattern { subdirectories, ..url });
        Conditions {
            user: values(self.user),
            group: values(self.group),
            application: values(self.application),
            cgroup: values(self.cgroup),
            source: values(self.source),
            destination: values(self.destination),
            destination_host: values(self.destination_host),
            source_port: values(self.source_port),
            destination_port: values(self.destination_port),
            protocol: values(self.protocol),
            url: url.collect(),
        }
    }
}

fn values<T>(list: Vec<Spanned<T>>) -> Vec<T> {
    list.into_iter().map(Spanned::into_inner).collect()
}
