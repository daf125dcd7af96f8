//! A policy set, enforced on interfaces. All of it ends with the value. Where attaching is by TCX,
//! programs and links are file descriptors of this process, so nothing is left behind, however the
//! process ends.

mod counted;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use nix::time::{ClockId, clock_gettime};
use tracing::{debug, warn};

use super::{
    Dataplane, Direction, Interface, LogLevel,
    attachment::Attachment,
    clsact::owner::Owner,
    hooks::Hook,
    names::Overhearing,
    senders::Senders,
    shaping::{Shapers, Shaping},
    slots::Slots,
    tcp::{pacing::Pacing, window::Window},
    throttles::Throttles,
};
use crate::{
    error::{Error, Result},
    policy::{
        Conditions, Policy,
        compile::{Keys, compile},
        rank,
        resolve::Resolved,
        settings::{Settings, Shaper},
    },
};

pub use counted::Counted;

/// The loaded program with a policy set and its interfaces.
pub struct Enforcement {
    dataplane: Dataplane,
    slots: Slots,
    throttles: Throttles,
    senders: Senders,
    window: Window,
    names: Overhearing,
    shapers: Shapers,
    pacing: Pacing,
    attached: BTreeMap<(u32, Direction), Attached>,
    /// Whether policies that the kernel can't enforce are left out.
    allows_degraded: bool,
    /// Lives longer than its filters.
    owner: Option<Owner>,
}

struct Attached {
    name: String,
    program: u32,
    _attachment: Attachment,
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

    /// Makes ready for the level of receive windows that is set; returns the one that can be enforced.
    fn prepare_window(&mut self, settings: &Settings) -> Result<Option<u8>> {
        let level = settings.inbound_throughput_level.as_ref().map(|setting| setting.value);
        match self.window.prepare(self.dataplane.ebpf(), level) {
            Ok(()) => Ok(level),
            Err(error) if self.allows_degraded => {
                warn!("inbound-throughput-level is left out: {error}");
                Ok(None)
            }
            Err(error) => {
                Err(error.hinted("`--allow-degraded` goes on without inbound-throughput-level"))
            }
        }
    }

    /// Has name servers overheard, if `policies` ask for hosts.
    fn overhear_names(&mut self, policies: &[Policy]) -> Result<()> {
        let asks = policies.iter().any(|policy| !policy.conditions.destination_host.is_empty());
        match self.names.start(self.dataplane.ebpf(), asks) {
            Err(error) if self.allows_degraded => {
                warn!("hosts are only known by what /etc/hosts and looking them up tells: {error}");
                Ok(())
            }
            Err(error) => Err(error.hinted(
                "`--allow-degraded` goes on with what /etc/hosts and looking names up tells",
            )),
            Ok(()) => Ok(()),
        }
    }

    /// Has it recorded who sends, if `policies` ask for it; returns those that can be enforced then.
    /// What a socket itself tells of its user and its cgroup is good enough where nothing else is to
    /// be had.
    fn record_senders<'a>(
        &mut self,
        policies: &'a [Policy],
        groups: &BTreeSet<u32>,
    ) -> Result<Cow<'a, [Policy]>> {
        let all = Cow::Borrowed(policies);
        let ask =
            |what: fn(&Conditions) -> bool| policies.iter().any(|policy| what(&policy.conditions));
        if ask(|conditions| !conditions.user.is_empty())
            && let Err(error) = self.senders.know_kernel(self.dataplane.ebpf())
        {
            debug!("users are those of the network namespace's user namespace: {error}");
        }
        if !ask(|conditions| conditions.ask_process() || !conditions.cgroup.is_empty()) {
            return Ok(all);
        }
        let Err(error) = self.senders.record(self.dataplane.ebpf()) else {
            self.senders.add_groups(self.dataplane.ebpf(), groups)?;
            return Ok(all);
        };
        let (left_out, kept): (Vec<&Policy>, Vec<&Policy>) =
            policies.iter().partition(|policy| policy.conditions.ask_process());
        if left_out.is_empty() {
            debug!("{error}");
            return Ok(all);
        }
        if !self.allows_degraded {
            return Err(error.hinted(
                "`--allow-degraded` goes on without the policies for applications and groups",
            ));
        }
        for Policy { name, origin, .. } in left_out {
            warn!("{}:{}: \"{name}\" is left out: {error}", origin.file.display(), origin.line);
        }
        Ok(Cow::Owned(kept.into_iter().cloned().collect()))
    }

    /// The hooks that record who sends, overhear name servers, limit windows and pace sockets, and what became of each;
    /// those that nothing asks for are not there.
    pub fn hooks(&self) -> impl Iterator<Item = &Hook> {
        let senders = self.senders.hooks().iter().chain(self.names.hooks());
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

    /// Has what goes that way through `interface` classified, before other programs there.
    pub fn attach(&mut self, interface: &Interface, direction: Direction) -> Result<()> {
        if let Some(attached) = self.attached.get_mut(&(interface.index, direction)) {
            attached.name.clone_from(&interface.name);
            return self.shape(interface, direction);
        }
        let name = &interface.name;
        let kind = interface.kind.ok_or_else(|| {
            Error::unsupported(format!("{name} carries neither Ethernet nor plain IP frames"))
        })?;
        let attached: BTreeSet<u32> = self.attached.keys().map(|(index, _)| *index).collect();
        self.dataplane.make_room(interface.index, |index| attached.contains(&index))?;
        let program = self.dataplane.program(kind)?;
        let id = program.info().map_err(Error::runtime)?.id();
        let attachment = Attachment::new(program, interface, direction, &mut self.owner)
            .map_err(|error| error.context(format!("attaching to {name}")))?;
        let attached = Attached { name: name.clone(), program: id, _attachment: attachment };
        self.attached.insert((interface.index, direction), attached);
        self.shape(interface, direction)
    }

    /// Has a qdisc keep the rates of what leaves through an interface, if that is to be.
    fn shape(&mut self, interface: &Interface, direction: Direction) -> Result<()> {
        if direction == Direction::Egress {
            self.shapers.add(&mut self.dataplane, interface)?;
            self.settle_pacing()?;
        }
        Ok(())
    }

    /// Forgets what was attached to the interface of this number; true if something was.
    pub fn forget(&mut self, index: u32, direction: Direction) -> bool {
        let was = self.attached.remove(&(index, direction)).is_some();
        if was
            && direction == Direction::Egress
            && let Err(error) = self.unshape(index)
        {
            warn!("interface {index}: {error}");
        }
        was
    }

    fn unshape(&mut self, index: u32) -> Result<()> {
        self.shapers.remove(&mut self.dataplane, index)?;
        self.settle_pacing()
    }

    /// Whether the interface of this number is attached.
    pub fn is_attached(&self, index: u32, direction: Direction) -> bool {
        self.attached.contains_key(&(index, direction))
    }

    /// The names of the interfaces that are attached that way.
    pub fn interfaces(&self, direction: Direction) -> impl Iterator<Item = &str> {
        let that_way = self.attached.iter().filter(move |((_, one), _)| *one == direction);
        that_way.map(|(_, attached)| attached.name.as_str())
    }

    /// The numbers of the programs that are attached.
    pub fn programs(&self) -> BTreeSet<u32> {
        self.attached.values().map(|attached| attached.program).collect()
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

/// `CLOCK_BOOTTIME` in nanoseconds: never the same twice, also over restarts of the loader.
fn boot_time() -> Result<u64> {
    let now = clock_gettime(ClockId::CLOCK_BOOTTIME).map_err(Error::runtime)?;
    Ok(now.tv_sec().unsigned_abs() * 1_000_000_000 + now.tv_nsec().unsigned_abs())
}
