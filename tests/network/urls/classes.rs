//! Requests that a policy set answers alike, on a connection that stays.

use super::{conversation::Conversation, get, policy};
use crate::{
    scene::Scene,
    senders::flow::{V4, V6, next_port},
};

#[test]
fn are_told_from_others() {
    let port = next_port();
    let policies = policy("http://site:*/a", 10)
        + &policy("http://*:*/a/b", 12)
        + &policy("https://site:*/", 14)
        + &policy(&format!("http://port:{port}/"), 16)
        + &policy("http://port:81/", 18);
    let scene = Scene::with(&policies);
    let mut one = Conversation::at(&scene, V6, port);
    let cases = [
        ("/a/1", "site", 10),
        ("/a/2", "site", 10),
        ("/a/b/1", "site", 10),
        ("/a/b/1", "other", 12),
        ("/a/1", "other", 0),
        ("/1", "site", 0),
        ("/1", "port", 16),
        ("/2", "port:80", 0),
        ("/2", "port:81", 18),
        ("/2", &format!("port:{port}"), 16),
    ];
    for first in 0..cases.len() {
        for second in 0..cases.len() {
            for (path, host, mark) in [cases[first], cases[second]] {
                assert_eq!(one.ask(&[&get(path, host)]), mark, "{path} of {host}");
                assert_eq!(one.answer(), mark, "again {path} of {host}");
            }
        }
    }
}

/// What was asked before it counts by it, also if nothing is asked anew.
#[test]
fn are_others_in_another_set() {
    let sets = [("http://site:*/a", 10), ("http://site:*/a/1", 12), ("http://*:*/a/2", 14)];
    let scene = Scene::with(&policy(sets[0].0, sets[0].1));
    let mut asks_again = Conversation::begin(&scene, V4);
    let mut asks_others = Conversation::begin(&scene, V4);
    let [first, second] = ["/a/1", "/a/2"].map(|path| get(path, "site"));
    assert_eq!(asks_again.ask(&[&first]), 10);
    assert_eq!(asks_others.ask(&[&second]), 10);
    for ((url, mark), marks) in
        sets.into_iter().zip([[10, 10], [12, 0], [0, 14]]).cycle().skip(1).take(6)
    {
        scene.loader.replace(&policy(url, mark));
        for _packet in 0..3 {
            assert_eq!([asks_again.answer(), asks_others.answer()], marks, "by {url}");
        }
        assert_eq!(asks_again.ask(&[&first]), marks[0], "by {url}");
        for _time in 0..2 {
            assert_eq!(asks_others.ask(&[&first]), marks[0], "by {url}");
            assert_eq!(asks_others.ask(&[&second]), marks[1], "by {url}");
        }
    }
}
