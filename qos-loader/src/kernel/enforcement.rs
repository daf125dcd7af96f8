//! A policy set, enforced on interfaces. All of it ends with the value. Where attaching is by TCX,
//! programs and links are file descriptors of this process, so nothing is left behind, however the
//! process ends.

use std::collections::BTreeMap;

use nix::time::{ClockId, clock_gettime};

use super::{
    Dataplane, Interface, LogLevel, attachment::Attachment, clsact::owner::Owner, slots::Slots,
};
use crate::{
    error::{Error, Result},
    policy::{Policy, compile::compile, rank, resolve::Resolved},
};

/// The loaded program with a policy set and its interfaces.
pub struct Enforcement {
    dataplane: Dataplane,
    slots: Slots,
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
        Ok(Self { dataplane, slots, attached, owner: None })
    }

    /// Puts `policies`, whose names are `resolved`, in force in place of those before, all at once.
    /// On an error those before stay.
    pub fn enforce(&mut self, policies: &[Policy], resolved: &Resolved) -> Result<()> {
        let slots = self.slots.for_policies(policies);
        let image =
            compile(&rank::ranked(policies), policies, slots.in_order(), resolved, boot_time()?)?;
        self.dataplane.reset_counters(slots.reused_since(&self.slots))?;
        self.dataplane.replace(&image)?;
        self.slots = slots;
        Ok(())
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
