//! The interfaces where a set is enforced.

use std::collections::BTreeSet;

use tracing::warn;

use super::{
    super::{Direction, Interface, attachment::Attachment},
    Enforcement,
};
use crate::error::{Error, Result};

/// What is attached to one of them.
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) program: u32,
    _attachment: Attachment,
}

impl Enforcement {
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
}
