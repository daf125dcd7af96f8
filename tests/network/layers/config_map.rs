//! A `ConfigMap` of Kubernetes as a volume: the files are in a folder with a date, `..data` is a
//! link to it, and each name is a link through that. An update makes a new folder and replaces
//! `..data`.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, Lab, NEAR},
};
use serde_json::json;

use super::{
    machine::{ETC, in_private},
    policy, show, summary,
};
use crate::{file_change::assert_mark, scene::Scene};

/// A volume with one file.
struct ConfigMap {
    folder: PathBuf,
    updates: u32,
}

impl ConfigMap {
    fn new(folder: impl Into<PathBuf>, content: &str) -> Self {
        let mut volume = Self { folder: folder.into(), updates: 0 };
        fs::create_dir_all(&volume.folder).unwrap();
        volume.update(content);
        symlink("..data/home.toml", volume.folder.join("home.toml")).unwrap();
        volume
    }

    fn update(&mut self, content: &str) {
        let before = fs::read_link(self.folder.join("..data")).ok();
        self.updates += 1;
        let name = format!("..2026_11_21_06_17_00.{}", self.updates);
        let new = self.folder.join(&name);
        fs::create_dir(&new).unwrap();
        fs::write(new.join("home.toml"), content).unwrap();
        let link = self.folder.join("..data_tmp");
        symlink(name, &link).unwrap();
        fs::rename(link, self.folder.join("..data")).unwrap();
        if let Some(before) = before {
            fs::remove_dir_all(self.folder.join(before)).unwrap();
        }
    }
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

#[test]
fn its_files_are_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let _volume = ConfigMap::new(folder.path(), &policy("p", 10));
    let layer = format!("--file {}", path(folder.path()));
    let found = summary(&show(&["--file", path(folder.path())]));
    assert_eq!(found, [json!(["p", 10, layer, "home.toml", []])]);
}

#[test]
fn its_files_are_read_once_where_it_is_a_default_directory() {
    in_private(|| {
        let _volume = ConfigMap::new(ETC, &policy("p", 10));
        assert_eq!(summary(&show(&[])), [json!(["p", 10, ETC, "home.toml", []])]);
    });
}

/// `run` on the near interface with the volume as `options` name it.
fn follows_updates(volume: &mut ConfigMap, options: &[&str]) {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let mut command = qos_tests::loader::command();
    command.args(["run", "--interface", NEAR]).args(options);
    let scene = Scene { loader: Loader::start_command(command), capture, lab };
    scene.loader.wait_until_ready();
    assert_mark(&scene, 10);
    for mark in [20, 30] {
        volume.update(&policy("p", mark));
        scene.loader.wait_for_log("event=16501");
        assert_mark(&scene, mark);
    }
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
}

#[test]
fn its_updates_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = ConfigMap::new(folder.path(), &policy("p", 10));
    follows_updates(&mut volume, &["--file", path(folder.path())]);
}

#[test]
fn its_updates_are_followed_where_one_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = ConfigMap::new(folder.path(), &policy("p", 10));
    follows_updates(&mut volume, &["--file", path(&folder.path().join("home.toml"))]);
}

#[test]
fn its_updates_are_followed_where_it_is_a_default_directory() {
    in_private(|| follows_updates(&mut ConfigMap::new(ETC, &policy("p", 10)), &[]));
}
