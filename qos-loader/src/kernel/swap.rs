//! Puts an image into a map of its own, which then takes the place of the one in force.

use std::os::fd::AsFd as _;

use aya::maps::{Array, Map, MapData};
use aya_obj::generated::{BPF_F_MMAPABLE, bpf_map_type};
use memmap2::MmapOptions;
use qos_common::policy_set::{IMAGE_BYTES, IMAGE_WORDS};

use crate::error::{Error, Result};

/// The map that holds an image: one element.
pub(super) type ImageMap = Array<MapData, [u64; IMAGE_WORDS]>;

/// A new map with `words`; the rest of it is 0.
pub(super) fn image_map(words: &[u64]) -> Result<ImageMap> {
    let kind = bpf_map_type::BPF_MAP_TYPE_ARRAY as u32;
    let definition = aya_obj::Map::new_from_params(kind, 4, IMAGE_BYTES, 1, BPF_F_MMAPABLE);
    let map = MapData::create(definition, "policy_set", None)
        .map_err(|error| Error::runtime(error).context("making a map for the policy set"))?;
    // Only what is written: it takes the kernel time for each page.
    let length = size_of_val(words);
    // SAFETY: the kernel shares the map's memory with nobody else yet.
    let mut memory = unsafe { MmapOptions::new().len(length).map_mut(&map.fd().as_fd()) }
        .map_err(|error| Error::runtime(error).context("mapping the policy set's memory"))?;
    for (bytes, word) in memory.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_ne_bytes();
    }
    Array::try_from(Map::Array(map)).map_err(Error::runtime)
}
