//! What keeps rates on each interface, which the program is told: drops alone, or a qdisc besides. [`root`]
//! finds which qdisc there is, [`choice`] chooses by it, and [`htb`] makes one.

mod choice;
mod htb;
mod root;

use std::{collections::BTreeMap, io};

use aya::maps::{HashMap, MapData};
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use super::{Dataplane, Interface};
use crate::{
    error::{Error, Result},
    policy::{condition::KnownName as _, settings::Shaper},
};
use choice::Choice;
use htb::{Claim, Tree};
use root::{Owner, Root};

/// Where the program is told.
const MAP: &str = "SHAPERS";

/// What keeps rates on an interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shaping {
    /// The interface's name.
    pub interface: String,
    /// The shaper's, as the settings have it.
    pub name: String,
    /// Why it is that one.
    pub reason: String,
}

impl Shaping {
    /// Of what enters by an interface.
    pub(super) fn at_ingress(interface: &str) -> Self {
        Self {
            interface: format!("{interface} (ingress)"),
            name: Shaper::Gcra.name().to_owned(),
            reason: "what enters passes no qdisc".to_owned(),
        }
    }
}

/// What keeps rates on the interfaces where packets leave.
#[derive(Debug)]
pub(super) struct Shapers {
    wanted: Shaper,
    /// Bytes a second, by the policies' slots.
    rates: BTreeMap<u32, u64>,
    shaped: BTreeMap<u32, Shaped>,
}

#[derive(Debug)]
struct Shaped {
    name: String,
    choice: Choice,
    tree: Option<Tree>,
}

impl Default for Shapers {
    fn default() -> Self {
        Self { wanted: Shaper::Auto, rates: BTreeMap::new(), shaped: BTreeMap::new() }
    }
}

impl Shapers {
    /// Has these rates kept by the shaper that is `wanted`, where that can be.
    pub(super) fn set(
        &mut self,
        dataplane: &mut Dataplane,
        wanted: Shaper,
        rates: &BTreeMap<u32, u64>,
    ) -> Result<()> {
        self.wanted = wanted;
        self.rates.clone_from(rates);
        for (index, shaped) in &mut self.shaped {
            shaped.settle(dataplane, *index, wanted, rates)?;
        }
        Ok(())
    }

    /// Has them kept on an interface too, or looks at it again.
    pub(super) fn add(&mut self, dataplane: &mut Dataplane, interface: &Interface) -> Result<()> {
        let Interface { index, name, .. } = interface;
        let new = || Shaped { name: name.clone(), choice: Choice::default(), tree: None };
        let shaped = self.shaped.entry(*index).or_insert_with(new);
        shaped.name.clone_from(name);
        shaped.settle(dataplane, *index, self.wanted, &self.rates)
    }

    /// Leaves the interface of this number as it was.
    pub(super) fn remove(&mut self, dataplane: &mut Dataplane, index: u32) -> Result<()> {
        self.shaped.remove(&index);
        tell(dataplane, index, Shaper::Gcra)
    }

    /// Whether on some interface nothing but drops keeps the rates.
    pub(super) fn drops_alone(&self) -> bool {
        self.shaped.values().any(|shaped| shaped.choice.shaper == Shaper::Gcra)
    }

    /// What keeps the rates, if there are some, on each interface.
    pub(super) fn shapings(&self) -> impl Iterator<Item = Shaping> {
        let shaped = self.shaped.values().filter(|_| !self.rates.is_empty());
        shaped.map(|Shaped { name, choice, .. }| Shaping {
            interface: name.clone(),
            name: choice.shaper.name().to_owned(),
            reason: choice.reason.clone(),
        })
    }
}

impl Shaped {
    /// Chooses anew, and does what that takes.
    fn settle(
        &mut self,
        dataplane: &mut Dataplane,
        index: u32,
        wanted: Shaper,
        rates: &BTreeMap<u32, u64>,
    ) -> Result<()> {
        let before = self.choice.clone();
        self.choice = self.choose(index, wanted, rates).unwrap_or_else(|error| {
            let reason = format!("what its root qdisc is can't be asked: {error}");
            Choice { shaper: Shaper::Gcra, reason }
        });
        tell(dataplane, index, self.choice.shaper)?;
        if self.choice.shaper != Shaper::Htb {
            self.tree = None;
        }
        let Choice { shaper, reason } = &self.choice;
        if *shaper != wanted && wanted != Shaper::Auto && !rates.is_empty() && before != self.choice
        {
            warn!("{}: {} keeps the rates: {reason}", self.name, shaper.name());
        }
        Ok(())
    }

    fn choose(
        &mut self,
        index: u32,
        wanted: Shaper,
        rates: &BTreeMap<u32, u64>,
    ) -> io::Result<Choice> {
        let mut root = Root::of(index)?;
        if root.owner != Owner::Loader {
            // Somebody took it away.
            self.tree = None;
        }
        let mut claim = None;
        if self.tree.is_none() {
            claim = Claim::on(index)?;
            if let (Owner::Loader, Some(claim)) = (root.owner, &claim) {
                info!("{}: removing the qdisc of a loader that was killed", self.name);
                htb::remove(index, claim)?;
                root = Root::of(index)?;
            }
        }
        if rates.is_empty() {
            return Ok(Choice::default());
        }
        let choice = Choice::of(wanted, &root, self.tree.is_some());
        if choice.shaper != Shaper::Htb {
            return Ok(choice);
        }
        match self.build(index, claim, rates) {
            Ok(()) => Ok(choice),
            Err(error) => {
                self.tree = None;
                Ok(Choice::without_htb(&error))
            }
        }
    }

    fn build(
        &mut self,
        index: u32,
        claim: Option<Claim>,
        rates: &BTreeMap<u32, u64>,
    ) -> io::Result<()> {
        let tree = match (&mut self.tree, claim) {
            (Some(tree), _) => tree,
            (none, Some(claim)) => none.insert(Tree::new(index, claim)?),
            (None, None) => return Err(io::Error::other("another loader is about to make it")),
        };
        tree.set(rates)
    }
}

/// Tells the program how packets leave an interface.
fn tell(dataplane: &mut Dataplane, index: u32, shaper: Shaper) -> Result<()> {
    let mut map: HashMap<&mut MapData, u32, u32> = dataplane.map_mut(MAP)?;
    match choice::way(shaper) {
        Some(way) => map.insert(index, way as u32, 0).map_err(Error::runtime)?,
        // Most are not there.
        None => map.remove(&index).unwrap_or_default(),
    }
    Ok(())
}
