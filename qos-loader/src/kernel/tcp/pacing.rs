//! The pace of TCP sockets whose policy has a rate. It is set from time to time: a socket's policy is
//! known from its first packet on, and sockets in force may get another one with every set.

use anyhow::Context as _;
use aya::{
    Ebpf,
    maps::{Array, MapData},
};

use super::{
    super::hooks::{self, Hook},
    attach,
};
use crate::error::{Error, Result};

/// What paces the sockets that there are.
const PROGRAM: &str = "qos_pacing";

/// As `status` has it, beside an iterator for other ends.
const NAME: &str = "iter/tcp, pacing";

/// Whether sockets are paced.
#[derive(Debug, Default)]
pub(in super::super) struct Pacing {
    hook: Option<Hook>,
}

impl Pacing {
    /// Has sockets paced from now on, if some policy `throttles`; or gives them back what they had.
    pub(in super::super) fn set(&mut self, ebpf: &mut Ebpf, throttles: bool) -> Result<()> {
        if throttles == self.hook.is_some() {
            return Ok(());
        }
        tell(ebpf, throttles).map_err(Error::runtime)?;
        if throttles {
            let Hook { state, .. } = attach::load_iterator(ebpf, PROGRAM);
            self.hook = Some(Hook { name: NAME.to_owned(), state });
            return Ok(());
        }
        let visited = self.visit(ebpf);
        self.hook = None;
        visited
    }

    /// Gives sockets the pace of their policies.
    pub(in super::super) fn visit(&self, ebpf: &mut Ebpf) -> Result<()> {
        if !self.is_on() {
            return Ok(());
        }
        let visited = hooks::iterate(ebpf, PROGRAM);
        visited.map_err(|error| Error::runtime(error).context("pacing TCP sockets"))
    }

    /// Whether there is something to visit.
    pub(in super::super) fn is_on(&self) -> bool {
        self.hook.as_ref().is_some_and(Hook::is_attached)
    }

    /// What became of its hook; none while no policy throttles.
    pub(in super::super) fn hooks(&self) -> &[Hook] {
        self.hook.as_slice()
    }
}

/// Tells the program whether sockets are paced.
fn tell(ebpf: &mut Ebpf, on: bool) -> anyhow::Result<()> {
    let map = ebpf.map_mut("PACING").context("the eBPF object has no map PACING")?;
    let mut map: Array<&mut MapData, u64> = map.try_into()?;
    map.set(0, u64::from(on), 0)?;
    Ok(())
}
