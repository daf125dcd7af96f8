//! Ours as `run` has it: a policy set in force.

use anyhow::{Result, anyhow};
use aya::programs::ProgramFd;
use qos_loader::{
    error::Error,
    kernel::{Enforcement, LinkKind, LogLevel},
    policy::{Policy, resolve::Resolved},
};
use qos_tests::generate::machine::SyntheticMachine;

/// A policy set in force; it ends with this value.
pub(crate) struct Enforced(Enforcement);

impl Enforced {
    /// Loads the program and the set; nothing is attached yet.
    pub(crate) fn new(policies: &[Policy]) -> Result<Self> {
        let mut enforcement = Enforcement::new(LogLevel::Off).map_err(said)?;
        let resolved = Resolved::new(policies, &SyntheticMachine::new(1));
        enforcement.enforce(policies, &resolved).map_err(said)?;
        Ok(Self(enforcement))
    }

    /// The program's descriptor.
    pub(crate) fn program(&mut self) -> Result<ProgramFd> {
        let program = self.0.dataplane().program(LinkKind::Ethernet).map_err(said)?;
        Ok(program.fd()?.try_clone()?)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err passes it so")]
fn said(error: Error) -> anyhow::Error {
    anyhow!("{error:?}")
}
