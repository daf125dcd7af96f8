//! Other loaders that limit the windows of the same network namespace.

use anyhow::{Context as _, Result};
use aya::{
    Ebpf,
    maps::{Array, Map, MapData, loaded_maps},
};
use qos_common::window::WindowLimit;

use super::MAP;

/// The clamp that another loader's program has been told for this namespace. Which maps there are
/// only `CAP_SYS_ADMIN` may see.
pub(super) fn clamp(ebpf: &Ebpf, namespace: u64) -> Result<Option<u32>> {
    let Some(Map::Array(own)) = ebpf.map(MAP) else { return Ok(None) };
    let own = own.info()?.id();
    for map in loaded_maps() {
        let map = map.context("looking for other loaders")?;
        if map.id() == own || map.name_as_str() != Some(MAP) {
            continue;
        }
        // One that is gone by now, or is something else, does not count.
        let limit = limit(map.id()).unwrap_or_default();
        if limit.namespace() == namespace && limit.clamp() != 0 {
            return Ok(Some(limit.clamp()));
        }
    }
    Ok(None)
}

/// What is in such a map.
fn limit(map: u32) -> Result<WindowLimit> {
    let map: Array<MapData, [u64; 2]> = Map::Array(MapData::from_id(map)?).try_into()?;
    Ok(WindowLimit(map.get(&0, 0)?))
}
