//! A mistake in the policies when they are read again: it is told, and what was in force stays in
//! force.

use std::fs;

use qos_tests::{
    netns::{NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
};

use crate::scene::Scene;

fn policy(dscp: &str) -> String {
    format!("[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = {dscp}\n")
}

impl Scene {
    /// The mark that the policy gives now, on a new socket and on one that knows its answer.
    fn assert_mark(&self, known: &std::net::UdpSocket, mark: u8) {
        udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
        assert_eq!(self.mark_of(5000), mark);
        known.send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
        assert_eq!(self.mark_of(5000), mark);
    }
}

#[test]
fn changes_nothing_until_it_is_mended() {
    let scene = Scene::with(&policy("10"));
    let known = udp(NEAR_V4, 0);
    known.connect(endpoint(SINK_V4, 5000)).unwrap();
    scene.assert_mark(&known, 10);

    for wrong in [&policy("184"), &policy("20 and more"), "[[policy]]\n", "[settings]\nwrong = 1\n"]
    {
        scene.loader.reload(wrong);
        let line = scene.loader.wait_for_log("event=16700");
        assert!(line.contains("the policies before stay in force"), "{line}");
        scene.assert_mark(&known, 10);
    }
    scene.loader.replace(&policy("20"));
    scene.assert_mark(&known, 20);
    // A valid set without policies is a set too.
    scene.loader.replace("");
    scene.assert_mark(&known, 0);
}

#[test]
fn is_shown_where_it_stands() {
    let scene = Scene::with(&policy("10"));
    scene.loader.reload(&policy("184"));
    let line = scene.loader.wait_for_log("event=16710");
    for part in ["policies.toml:4:8: 184 is no DSCP", "did you mean dscp = 46 (EF), TOS 0xb8?"] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn a_file_that_is_gone_is_one_too() {
    let scene = Scene::with(&policy("10"));
    let known = udp(NEAR_V4, 0);
    fs::remove_file(scene.loader.file()).unwrap();
    scene.loader.signal(nix::sys::signal::Signal::SIGHUP);
    scene.loader.wait_for_log("event=16700");
    scene.assert_mark(&known, 10);
    scene.loader.replace(&policy("20"));
    scene.assert_mark(&known, 20);
}

#[test]
fn the_same_again_is_no_change() {
    let scene = Scene::with(&policy("10"));
    let known = udp(NEAR_V4, 0);
    scene.loader.reload(&policy("10"));
    scene.loader.wait_for_log("event=16500");
    scene.assert_mark(&known, 10);
}

/// It would keep the loader waiting for a writer, and from everything else.
#[test]
fn a_pipe_among_the_files_is_one_too() {
    let scene = Scene::with(&policy("10"));
    let folder = scene.loader.file().parent().unwrap().to_owned();
    let layer = folder.join("layer");
    fs::create_dir(&layer).unwrap();
    nix::unistd::mkfifo(&layer.join("pipe.toml"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut check = qos_tests::loader::command();
    let refused = check.arg("check").arg("--file").arg(&layer).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("pipe.toml") && message.contains("no regular file"), "{message}");
    assert_eq!(refused.status.code(), Some(1));
}
