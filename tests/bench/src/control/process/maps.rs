//! The kernel memory that a process's maps take, as the kernel accounts for it.

use std::{
    collections::BTreeMap,
    fs, io,
    os::fd::{AsFd as _, AsRawFd as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use aya::maps::{ArrayOfMaps, Map, MapData, MapInfo};

use super::value;

/// What a process's maps take, in bytes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Maps {
    /// The map with the image, however much of it is used.
    pub(in super::super) image: f64,
    /// The policies' counters, of all CPUs.
    pub(in super::super) counters: f64,
    /// All other maps.
    pub(in super::super) others: f64,
}

impl Maps {
    /// The maps of the process whose folder of `/proc` this is.
    pub(super) fn of(process: &Path) -> Result<Self> {
        let mut all: BTreeMap<u32, f64> = BTreeMap::new();
        for entry in fs::read_dir(process.join("fdinfo"))? {
            let info = match fs::read_to_string(entry?.path()) {
                Err(gone) if gone.kind() == io::ErrorKind::NotFound => continue,
                info => info?,
            };
            if let Some(id) = value(&info, "map_id") {
                all.insert(id.parse()?, memory(&info)?);
            }
        }
        let mut maps = Self { image: 0.0, counters: 0.0, others: 0.0 };
        for (id, bytes) in all {
            match MapInfo::from_id(id)?.name_as_str() {
                Some("POLICIES") => maps.counters += bytes,
                Some("POLICY_SET") => maps.image += bytes + image_of(id)?,
                _ => maps.others += bytes,
            }
        }
        Ok(maps)
    }
}

/// What the map takes that the map of maps of this number holds: the process has closed it.
fn image_of(outer: u32) -> Result<f64> {
    let outer = Map::ArrayOfMaps(MapData::from_id(outer)?);
    let image: MapData = ArrayOfMaps::<MapData>::try_from(outer)?.get(&0, 0)?;
    let fd = image.fd().as_fd().as_raw_fd();
    memory(&fs::read_to_string(format!("/proc/self/fdinfo/{fd}"))?)
}

fn memory(info: &str) -> Result<f64> {
    Ok(value(info, "memlock").context("the kernel says nothing of a map's memory")?.parse()?)
}
