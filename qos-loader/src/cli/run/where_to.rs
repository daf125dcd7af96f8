//! To which interfaces `run` attaches, and which way their packets go.

use crate::{
    error::Result,
    kernel::{Direction, Interface, interfaces::Selection},
};

/// The interfaces that were asked for.
pub(super) struct Where {
    /// As they were named.
    pub(super) named: Vec<String>,
    selections: Vec<(Direction, Selection)>,
}

impl Where {
    /// Those `named` for what leaves, and those for what enters. Fails if there are none.
    pub(super) fn new(named: Vec<String>, ingress: &[String]) -> Result<Self> {
        let mut selections = Vec::new();
        if !ingress.is_empty() {
            selections.push((Direction::Ingress, Selection::new(ingress)?));
        }
        if !named.is_empty() || ingress.is_empty() {
            selections.push((Direction::Egress, Selection::new(&named)?));
        }
        Ok(Self { named, selections })
    }

    /// Which ways of the packets of the interface called `name` were asked for.
    pub(super) fn directions(&self, name: &str) -> impl Iterator<Item = Direction> {
        let wanted = self.selections.iter().filter(move |(_, selection)| selection.contains(name));
        wanted.map(|(direction, _)| *direction)
    }

    /// The plain names that none of `interfaces` has.
    pub(super) fn missing<'a>(&'a self, interfaces: &[Interface]) -> Vec<&'a str> {
        self.selections.iter().flat_map(|(_, selection)| selection.missing(interfaces)).collect()
    }
}
