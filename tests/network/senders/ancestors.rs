//! The ancestors of a cgroup that a process has moved to are kept in a table that has room for some:
//! those that made room for others are found again.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use aya::maps::{HashMap, Map, MapData, loaded_maps};
use qos_tests::{loader::Loader, sender::endpoint};

use super::{
    cgroup_move::enter,
    flow::{V4, V6, next_port},
    held,
    policies::policy,
    program::{Folder, Program},
};
use crate::{scene::Scene, sender::cgroup::Cgroup};

/// The program's table: by a cgroup's number those of its ancestors.
type Table = HashMap<MapData, u64, [u64; 32]>;

fn table(loader: &Loader) -> Table {
    let own = held::maps(loader);
    let named = |name: Option<&str>| name == Some("ANCESTORS");
    let mut maps = loaded_maps().map(Result::unwrap);
    let map = maps.find(|map| own.contains(&map.id()) && named(map.name_as_str())).unwrap();
    Map::LruHashMap(MapData::from_id(map.id()).unwrap()).try_into().unwrap()
}

fn number(cgroup: &Path) -> u64 {
    fs::metadata(cgroup).unwrap().ino()
}

#[test]
fn that_had_to_go_come_back() {
    let folder = Folder::new();
    let [home, other] = ["home", "other"].map(Cgroup::new);
    let inside = other.folder.join("inside");
    fs::create_dir(&inside).unwrap();
    let policies = [policy("cgroup", &home.name, 10), policy("cgroup", &other.name, 20)];
    let scene = Scene::with(&policies.concat());
    let mut table = table(&scene.loader);
    for family in [V4, V6] {
        let program = Program::start(folder.copy("snd"));
        enter(&home.folder, &program);
        program.step(format_args!("udp 10 {}", endpoint(family.near, 0)));
        enter(&inside, &program);
        let mark = || {
            let there = endpoint(family.sink, next_port());
            program.step(format_args!("send-to 10 {there} x"));
            scene.mark_of(there.port())
        };
        assert_eq!(mark(), 20, "{family:?}");
        let kept = table.get(&number(&inside), 0).unwrap();
        let path = [number(&other.folder), number(&inside)];
        assert!(kept.windows(2).any(|pair| pair == path), "{kept:?} does not end with {path:?}");
        assert_ne!(kept[0], 0, "the root is missing: {kept:?}");
        table.remove(&number(&inside)).unwrap();
        assert_eq!(mark(), 20, "{family:?}");
        assert_eq!(table.get(&number(&inside), 0).unwrap(), kept);
    }
    fs::remove_dir(&inside).unwrap();
}
