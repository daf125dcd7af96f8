//! A policy set, enforced on interfaces. All of it ends with the value. Where attaching is by TCX,
//! programs and links are file descriptors of this process, so nothing is left behind, however the
//! process ends.

use std::collections::{BTreeMap, BTreeSet};

use nix::time::{ClockId, clock_gettime};
use tracing::debug;

use super::{
    Dataplane, Interface, LogLevel, attachment::Attachment, clsact::owner::Owner, hooks::Hook,
    senders::Senders, slots::Slots,
};
use crate::{
    error::{Error, Result},
    policy::{
        Policy,
        compile::{Keys, compile},
        rank,
        resolve::Resolved,
    },
};

/// The loaded program with a policy set and its interfaces.
pub struct Enforcement {
    dataplane: Dataplane,
    slots: Slots,
    senders: Senders,
    attached: BTreeMap<u32, Attached>,
    /// Lives longer than its filters.
    owner: Option<Owner>,
}

struct Attached {
    name: String,
    _attachment: Attachment,
}

impl Enforcement {
    /// Loads the program; no policy is in force yet.
    pub fn new(level: LogLevel) -> Result<Self> {
        let dataplane = Dataplane::load(level)?;
        let (slots, attached) = (Slots::default(), BTreeMap::new());
        Ok(Self { dataplane, slots, senders: Senders::new(), attached, owner: None })
    }

    /// Puts `policies`, whose names are `resolved`, in force in place of those before, all at once.
    /// On an error those before stay.
    pub fn enforce(&mut self, policies: &[Policy], resolved: &Resolved) -> Result<()> {
        let slots = self.slots.for_policies(policies);
        let groups = resolved.group_ids();
        self.record_senders(policies, &groups)?;
        let keys = Keys {
            generation: boot_time()?,
            seed: self.senders.seed(),
            groups: self.senders.groups().clone(),
        };
        let ranked = rank::ranked(policies);
        let image = compile(&ranked, policies, slots.in_order(), resolved, &keys)?;
        self.dataplane.reset_counters(slots.reused_since(&self.slots))?;
        self.dataplane.replace(&image)?;
        self.slots = slots;
        self.senders.keep_groups(self.dataplane.ebpf(), &groups)
    }

    /// Has it recorded who sends, if `policies` ask for it. What a socket itself tells of its user and
    /// its cgroup is good enough where nothing else is to be had.
    fn record_senders(&mut self, policies: &[Policy], groups: &BTreeSet<u32>) -> Result<()> {
        if !policies.iter().any(|policy| policy.conditions.ask_sender()) {
            return Ok(());
        }
        match self.senders.record(self.dataplane.ebpf()) {
            Err(error) if policies.iter().any(|policy| policy.conditions.ask_process()) => {
                Err(error)
            }
            Err(error) => {
                debug!("{error}");
                Ok(())
            }
            Ok(()) => self.senders.add_groups(self.dataplane.ebpf(), groups),
        }
    }

    /// The hooks that record who sends, and what became of each; none if no policy asks.
    pub fn hooks(&self) -> &[Hook] {
        self.senders.hooks()
    }

    /// Has what leaves through `interface` classified, before other programs there.
    pub fn attach(&mut self, interface: &Interface) -> Result<()> {
        if let Some(attached) = self.attached.get_mut(&interface.index) {
            attached.name.clone_from(&interface.name);
            return Ok(());
        }
        let name = &interface.name;
        let kind = interface.kind.ok_or_else(|| {
            Error::unsupported(format!("{name} carries neither Ethernet nor plain IP frames"))
        })?;
        let program = self.dataplane.program(kind)?;
        let attachment = Attachment::new(program, interface, &mut self.owner)
            .map_err(|error| error.context(format!("attaching to {name}")))?;
        let attached = Attached { name: name.clone(), _attachment: attachment };
        self.attached.insert(interface.index, attached);
        Ok(())
    }

    /// Forgets an interface that is gone; true if it was attached.
    pub fn forget(&mut self, index: u32) -> bool {
        self.attached.remove(&index).is_some()
    }

    /// Whether the interface of this number is attached.
    pub fn is_attached(&self, index: u32) -> bool {
        self.attached.contains_key(&index)
    }

    /// The names of the attached interfaces.
    pub fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.attached.values().map(|attached| attached.name.as_str())
    }

    /// The program and its maps.
    pub fn dataplane(&mut self) -> &mut Dataplane {
        &mut self.dataplane
    }
}

/// `CLOCK_BOOTTIME` in nanoseconds: never the same twice, also over restarts of the loader.
fn boot_time() -> Result<u64> {
    let now = clock_gettime(ClockId::CLOCK_BOOTTIME).map_err(Error::runtime)?;
    Ok(now.tv_sec().unsigned_abs() * 1_000_000_000 + now.tv_nsec().unsigned_abs())
}
