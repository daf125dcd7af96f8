//! Reads the policies again and puts them in force, or leaves those in force as they are.

use std::{
    collections::BTreeMap,
    mem,
    path::Path,
    process,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tracing::{debug, error, info};

use super::{
    cgroups, findings, memory,
    read::{Read, Texts},
    serve, settings,
    watch::Watch,
};
use crate::{
    control::Learned,
    error::{Error, Result},
    events,
    hosts::Hosts,
    kernel::Enforcement,
    output::set::SetDocument,
    policy::{
        Conditions, HostPattern, Policy,
        condition::UrlHost,
        difference::Difference,
        layer::PolicySet,
        resolve::{Names, Resolved, ThisMachine},
        source::Sources,
        warnings::warnings,
    },
};

/// How long the start waits for names that are looked up.
const FIRST_HOSTS: Duration = Duration::from_secs(2);

/// The policies in force and where they come from.
pub(super) struct Policies {
    sources: Sources,
    texts: Texts,
    count: usize,
    names: Names,
    resolved: Resolved,
    /// The hosts that each policy names, of those that name some.
    hosts_by_policy: BTreeMap<String, Vec<HostPattern>>,
    /// When the set was put in force.
    since: SystemTime,
    /// Tells when [`Policies::refresh`] may have something to do.
    pub(super) cgroups: Watch,
    /// Tells the same of hosts.
    pub(super) hosts: Hosts,
}

impl Policies {
    /// None so far.
    pub(super) fn new(sources: Sources) -> Result<Self> {
        Ok(Self {
            sources,
            texts: Texts::default(),
            count: 0,
            names: Names::default(),
            resolved: Resolved::default(),
            hosts_by_policy: BTreeMap::new(),
            since: SystemTime::now(),
            cgroups: cgroups::watch()?,
            hosts: Hosts::default(),
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// When they were put in force, in seconds since 1970.
    pub(super) fn since(&self) -> u64 {
        self.since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }

    /// They themselves, for other processes.
    pub(super) fn document(&self) -> SetDocument {
        SetDocument::of(&self.texts.set())
    }

    /// What was learned of the hosts that they name, for other processes; packets there was `no_room` for.
    pub(super) fn learned(&self, no_room: u64) -> Learned {
        Learned::new(process::id(), &self.hosts, &self.texts.set().policies, no_room)
    }

    /// The hosts that the policy of this name names.
    pub(super) fn hosts_of(&self, policy: &str) -> &[HostPattern] {
        self.hosts_by_policy.get(policy).map(Vec::as_slice).unwrap_or_default()
    }

    /// Puts those in force that were `read`.
    pub(super) fn enforce(&mut self, enforcement: &mut Enforcement, read: Read) -> Result<()> {
        self.replace(enforcement, &read.set)?;
        self.texts = read.texts;
        Ok(())
    }

    /// Puts `set` in force, or leaves everything as it is. Says in the log what may not do what was
    /// meant.
    fn replace(&mut self, enforcement: &mut Enforcement, set: &PolicySet) -> Result<()> {
        let machine = ThisMachine::new();
        let names = Names::of(&set.policies);
        // Watched before they are looked up, so that none is missed, and beside those in force, which
        // may stay so.
        cgroups::follow(&mut self.cgroups, &(&self.names.cgroups | &names.cgroups), &machine);
        self.hosts.follow(&(&self.names.hosts | &names.hosts));
        let resolved = self.resolve(&names, &machine);
        let count = enforcement.enforce(&set.policies, &set.settings, &resolved)?;
        (self.count, self.names, self.resolved) = (count, names, resolved);
        self.hosts_by_policy = hosts_by_policy(&set.policies);
        self.since = SystemTime::now();
        cgroups::follow(&mut self.cgroups, &self.names.cgroups, &machine);
        self.hosts.follow(&self.names.hosts);
        settings::log(&set.settings);
        findings::log(&warnings(set, &machine));
        Ok(())
    }

    /// What `names` stand for now.
    fn resolve(&self, names: &Names, machine: &ThisMachine) -> Resolved {
        Resolved::of(names, machine).with_hosts(self.hosts.addresses(&names.hosts))
    }

    /// Starts to look for the hosts in `set`, and waits a little for the first.
    pub(super) async fn find_hosts(&mut self, set: &PolicySet) {
        self.hosts.follow(&Names::of(&set.policies).hosts);
        self.hosts.settle(FIRST_HOSTS).await;
    }

    /// Looks users, cgroups and hosts up again; puts the policies in force for what there is now.
    pub(super) fn refresh(&mut self, enforcement: &mut Enforcement) {
        let machine = ThisMachine::new();
        cgroups::follow(&mut self.cgroups, &self.names.cgroups, &machine);
        let resolved = self.resolve(&self.names, &machine);
        if resolved == self.resolved {
            return;
        }
        let set = self.texts.set();
        match enforcement.enforce(&set.policies, &set.settings, &resolved) {
            Ok(_) => {
                debug!("the policies follow cgroups or hosts that came or went");
                self.resolved = resolved;
                memory::give_back();
            }
            Err(error) => error!("the policies do not follow a cgroup or a host: {error}"),
        }
    }

    /// Reads them again; says how it went in the log.
    pub(super) fn reload(&mut self, enforcement: &mut Enforcement) {
        serve::reloading();
        match self.try_reload(enforcement) {
            Ok(difference) if difference.is_empty() => info!(
                event = events::REFRESHED_UNCHANGED,
                policies = self.len(),
                "policies refreshed, no changes"
            ),
            Ok(difference) => info!(
                event = events::REFRESHED_CHANGED,
                policies = self.len(),
                added = difference.added.len(),
                removed = difference.removed.len(),
                changed = difference.changed.len(),
                turned = difference.turned.len(),
                settings = difference.settings.len(),
                "policies refreshed, with changes"
            ),
            Err(error) => {
                error.diagnostics().into_iter().for_each(findings::log);
                if let Some(event) = error.event() {
                    error!(event, "{error}");
                }
                error!(
                    event = events::REFRESH_FAILED,
                    "the policies before stay in force: {error}"
                );
            }
        }
        serve::notify(&[sd_notify::NotifyState::Ready]);
        memory::give_back();
    }

    /// Returns what changed. Users and cgroups are looked up again in any case.
    fn try_reload(&mut self, enforcement: &mut Enforcement) -> Result<Difference> {
        if self.sources.files.iter().any(|file| file == Path::new("-")) {
            return Err(Error::usage("standard input can't be read again"));
        }
        let read = Read::from(&self.sources)?;
        self.replace(enforcement, &read.set)?;
        let before = mem::replace(&mut self.texts, read.texts).set();
        Ok(Difference::between(&SetDocument::of(&before), &read.set, &ThisMachine::new()))
    }
}

/// The hosts that connections of this machine go to, or that servers of it are asked for.
fn hosts_by_policy(policies: &[Policy]) -> BTreeMap<String, Vec<HostPattern>> {
    let hosts = |policy: &Policy| -> Vec<HostPattern> {
        let Conditions { destination_host, url, .. } = &policy.conditions;
        let of_urls = url.iter().filter_map(|url| match &url.host {
            UrlHost::Name(name) => Some(HostPattern::Exact(name.clone())),
            UrlHost::Any | UrlHost::V4(_) | UrlHost::V6(_) => None,
        });
        destination_host.iter().cloned().chain(of_urls).collect()
    };
    let named = policies.iter().map(|policy| (policy.name.clone(), hosts(policy)));
    named.filter(|(_, hosts)| !hosts.is_empty()).collect()
}
