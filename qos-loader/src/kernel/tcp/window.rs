//! The receive window of new TCP connections in this network namespace (`inbound-throughput-level`).

use anyhow::Context as _;
use aya::{
    Ebpf,
    maps::{Array, MapData},
    programs::sock_ops::SockOpsLinkId,
};
use qos_common::window::{self, WindowLimit};

use super::{
    super::hooks::{self, Hook},
    attach, namespace,
};
use crate::error::{Error, Kind, Result};

/// What limits a socket when it connects or starts to listen.
const NEW: &str = "qos_window";

/// What limits those that listen already.
const OLDER: &str = "qos_listeners";

/// How large windows get.
#[derive(Debug, Default)]
pub(in super::super) struct Window {
    level: Option<u8>,
    attached: Option<Attached>,
}

#[derive(Debug)]
struct Attached {
    link: SockOpsLinkId,
    namespace: u64,
    hooks: [Hook; 2],
}

impl Window {
    /// Makes ready for `level`; what is in force stays. Fails if windows can't be limited here.
    pub(in super::super) fn prepare(&mut self, ebpf: &mut Ebpf, level: Option<u8>) -> Result<()> {
        if level.is_none() || self.attached.is_some() {
            return Ok(());
        }
        let unsupported = |error| {
            Error::new(Kind::Unsupported, error).context("receive windows can't be limited here")
        };
        let namespace = namespace::cookie().map_err(unsupported)?;
        let (new, link) = attach::attach(ebpf, NEW).map_err(unsupported)?;
        let older = attach::load_iterator(ebpf, OLDER);
        self.attached = Some(Attached { link, namespace, hooks: [new, older] });
        Ok(())
    }

    /// Puts `level` in force, which [`Window::prepare`] was told. None gives sockets that listen back
    /// what they had.
    pub(in super::super) fn set(&mut self, ebpf: &mut Ebpf, level: Option<u8>) -> Result<()> {
        let Some(attached) = &self.attached else { return Ok(()) };
        if level == self.level && level.is_some() {
            return Ok(());
        }
        tell(ebpf, attached.namespace, level.map_or(0, window::clamp)).map_err(Error::runtime)?;
        // Listeners that could not be visited when the level was set can't be now.
        if attached.hooks.iter().all(Hook::is_attached) {
            hooks::iterate(ebpf, OLDER).map_err(Error::runtime)?;
        }
        self.level = level;
        if level.is_none()
            && let Some(Attached { link, .. }) = self.attached.take()
        {
            attach::detach(ebpf, NEW, link).map_err(Error::runtime)?;
        }
        Ok(())
    }

    /// What became of its hooks; none while there is no level.
    pub(in super::super) fn hooks(&self) -> &[Hook] {
        self.attached.as_ref().map_or(&[], |attached| &attached.hooks)
    }
}

/// Tells the programs what holds, and where.
fn tell(ebpf: &mut Ebpf, namespace: u64, clamp: u32) -> anyhow::Result<()> {
    let map = ebpf.map_mut("WINDOW").context("the eBPF object has no map WINDOW")?;
    let mut map: Array<&mut MapData, [u64; 2]> = map.try_into()?;
    map.set(0, WindowLimit::new(namespace, clamp).0, 0)?;
    Ok(())
}
