//! A policy set, enforced on interfaces. All of it ends with the value. Where attaching is by TCX,
//! programs and links are file descriptors of this process, so nothing is left behind, however the
//! process ends.

mod attached;
mod counted;
mod prepare;

use std::collections::{BTreeMap, BTreeSet};

use tracing::warn;

use super::{
    Dataplane, Direction, LogLevel, boot_time,
    clsact::owner::Owner,
    hooks::Hook,
    names::Overhearing,
    requests::Requests,
    senders::Senders,
    shaping::{Shapers, Shaping},
    slots::Slots,
    tcp::{pacing::Pacing, window::Window},
    throttles::Throttles,
};
use crate::{
    error::{Error, Result},
    policy::{
        Policy,
        compile::{Keys, compile},
        rank,
        resolve::Resolved,
        settings::{Settings, Shaper},
    },
};

use attached::Attached;
pub use counted::Counted;

/// The loaded program with a policy set and its interfaces.
pub struct Enforcement {
    dataplane: Dataplane,
    slots: Slots,
    throttles: Throttles,
    senders: Senders,
    window: Window,
    names: Overhearing,
    requests: Requests,
    shapers: Shapers,
    pacing: Pacing,
    attached: BTreeMap<(u32, Direction), Attached>,
    /// Whether policies that the kernel can't enforce are left out.
    allows_degraded: bool,
    /// Lives longer than its filters.
    owner: Option<Owner>,
}

impl Enforcement {
    /// Loads the program; no policy is in force yet.
    pub fn new(level: LogLevel) -> Result<Self> {
        let dataplane = Dataplane::load(level)?;
        Ok(Self {
            dataplane,
            slots: Slots::default(),
            throttles: Throttles::default(),
            senders: Senders::new(),
            window: Window::default(),
            names: Overhearing::default(),
            requests: Requests::default(),
            shapers: Shapers::default(),
            pacing: Pacing::default(),
            attached: BTreeMap::new(),
            allows_degraded: false,
            owner: None,
        })
    }

    /// Has policies that this kernel can't enforce left out, with a warning for each, from now on.
    pub const fn allow_degraded(&mut self) {
        self.allows_degraded = true;
    }

    /// Puts `policies`, whose names are `resolved`, in force in place of those before, all at once,
    /// and the `settings`. Returns how many policies that are. On an error those before stay.
    pub fn enforce(
        &mut self,
        policies: &[Policy],
        settings: &Settings,
        resolved: &Resolved,
    ) -> Result<usize> {
        let groups = resolved.group_ids();
        let level = self.prepare_window(settings)?;
        self.overhear_names(policies)?;
        self.follow_requests(policies)?;
        let policies = self.record_senders(policies, &groups)?;
        let policies = policies.as_ref();
        let slots = self.slots.for_policies(policies);
        let keys = Keys {
            generation: boot_time()?,
            seed: self.senders.seed(),
            groups: self.senders.groups().clone(),
        };
        let ranked = rank::ranked(policies);
        let image = compile(&ranked, policies, slots.in_order(), resolved, &keys)?;
        let image = if settings.ignores_marks() { image.ignoring_marks() } else { image };
        let throttles = Throttles::of(policies, slots.in_order());
        let reused: BTreeSet<u32> = slots.reused_since(&self.slots).collect();
        self.dataplane.reset_counters(reused.iter().copied())?;
        self.dataplane.replace(&image)?;
        self.slots = slots;
        throttles.start(&self.throttles, &reused, &mut self.dataplane)?;
        self.throttles = throttles;
        let shaper = settings.shaper.as_ref().map_or(Shaper::Auto, |setting| setting.value);
        self.shapers.set(&mut self.dataplane, shaper, self.throttles.rates())?;
        self.settle_pacing()?;
        self.senders.keep_groups(self.dataplane.ebpf(), &groups)?;
        self.window.set(self.dataplane.ebpf(), level)?;
        Ok(policies.len())
    }

    /// The hooks that record who sends, overhear name servers, follow requests, limit windows and pace sockets, and what
    /// became of each; those that nothing asks for are not there.
    pub fn hooks(&self) -> impl Iterator<Item = &Hook> {
        let senders =
            self.senders.hooks().iter().chain(self.names.hooks()).chain(self.requests.hooks());
        senders.chain(self.window.hooks()).chain(self.pacing.hook())
    }

    /// Whether [`Enforcement::pace`] may have something to do.
    pub fn paces(&self) -> bool {
        self.pacing.is_on()
    }

    /// Gives TCP sockets the pace of the policies that their packets get.
    pub fn pace(&mut self) -> Result<()> {
        let rates = self.throttles.rates();
        self.pacing.visit(self.dataplane.ebpf(), rates).map_err(Error::runtime)
    }

    /// Has sockets paced, or not any more. Those need not be whose packets a qdisc holds back, which TCP
    /// waits for.
    fn settle_pacing(&mut self) -> Result<()> {
        let paces = !self.throttles.is_empty() && self.shapers.drops_alone();
        self.pacing.set(self.dataplane.ebpf(), paces).map_err(Error::runtime)
    }

    /// What keeps rates on each interface; none if no policy has one.
    pub fn shapings(&self) -> Vec<Shaping> {
        let entering = self.interfaces(Direction::Ingress).filter(|_| !self.throttles.is_empty());
        let entering = entering.map(Shaping::at_ingress);
        self.shapers.shapings().chain(entering).collect()
    }

    /// How many packets no program sent, where policies asked who did; 0 if that can't be read.
    pub fn nobodys(&self) -> u64 {
        self.dataplane.nobodys().unwrap_or_default()
    }

    /// The name of the policy that counts in `slot`.
    pub fn policy_in(&self, slot: u32) -> Option<&str> {
        self.slots.name_in(slot)
    }

    /// The seed of the hashes of executables.
    pub const fn seed(&self) -> u64 {
        self.senders.seed()
    }

    /// The program and its maps.
    pub fn dataplane(&mut self) -> &mut Dataplane {
        &mut self.dataplane
    }
}

impl Drop for Enforcement {
    /// What is in sockets does not end with the programs.
    fn drop(&mut self) {
        if let Err(error) = self.window.set(self.dataplane.ebpf(), None) {
            warn!("sockets that listen keep their limited receive windows: {error}");
        }
        if let Err(error) = self.pacing.set(self.dataplane.ebpf(), false) {
            warn!("TCP sockets keep their pace: {error}");
        }
    }
}
