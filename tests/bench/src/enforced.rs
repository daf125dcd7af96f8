//! Ours as `run` has it: a policy set, enforced on interfaces.

use anyhow::{Result, anyhow};
use aya::programs::ProgramFd;
use nix::net::if_::if_nametoindex;
use qos_common::policy_set::layout;
use qos_loader::{
    error::Error,
    kernel::{Direction, Enforcement, Interface, LinkKind, LogLevel},
    policy::{
        Policy,
        compile::{Keys, compile},
        rank::ranked,
        resolve::Resolved,
        settings::Settings,
    },
};
use qos_tests::generate::machine::SyntheticMachine;

/// A policy set in force; it ends with this value.
pub(crate) struct Enforced(Enforcement);

impl Enforced {
    /// Loads the program and the set; nothing is attached yet.
    pub(crate) fn new(policies: &[Policy]) -> Result<Self> {
        let mut enforcement = Enforcement::new(LogLevel::Off).map_err(said)?;
        let resolved = Resolved::new(policies, &SyntheticMachine::new(1));
        enforcement.enforce(policies, &Settings::default(), &resolved).map_err(said)?;
        Ok(Self(enforcement))
    }

    /// The same with the table of flows or without it, whatever pays for the set.
    pub(crate) fn with_flows(policies: &[Policy], keeps_flows: bool) -> Result<Self> {
        let mut enforced = Self::new(policies)?;
        let slots: Vec<u32> = (0..).take(policies.len()).collect();
        let resolved = Resolved::new(policies, &SyntheticMachine::new(1));
        let keys = Keys::alone(&resolved, u64::MAX).map_err(said)?;
        let image = compile(&ranked(policies), policies, &slots, &resolved, &keys);
        let mut image = image.map_err(said)?;
        image.words[layout::KEEPS_FLOWS as usize] = keeps_flows.into();
        enforced.0.dataplane().replace(&image).map_err(said)?;
        Ok(enforced)
    }

    /// The program's descriptor.
    pub(crate) fn program(&mut self) -> Result<ProgramFd> {
        let program = self.0.dataplane().program(LinkKind::Ethernet).map_err(said)?;
        Ok(program.fd()?.try_clone()?)
    }

    /// Attaches it to an interface of the thread's network namespace.
    pub(crate) fn attach(&mut self, interface: &str) -> Result<()> {
        let (index, name) = (if_nametoindex(interface)?, interface.to_owned());
        let interface = Interface { index, name, kind: Some(LinkKind::Ethernet) };
        self.0.attach(&interface, Direction::Egress).map_err(said)
    }

    /// Detaches it from that interface.
    pub(crate) fn detach(&mut self, interface: &str) -> Result<()> {
        self.0.forget(if_nametoindex(interface)?, Direction::Egress);
        Ok(())
    }

    /// How many packets it marked.
    pub(crate) fn marked(&mut self) -> Result<u64> {
        let counters = self.0.dataplane().counters().map_err(said)?;
        Ok(counters.iter().map(|policy| policy.rewritten).sum())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` passes it so")]
fn said(error: Error) -> anyhow::Error {
    anyhow!("{error:?}")
}
