//! What a level is not for.

use std::net::TcpListener;

use qos_tests::{
    capture::Capture,
    netns::{FAR_V4, NEAR, NEAR_V4},
    sender::{clamp_window, endpoint, tcp},
};

use super::{
    UNLIMITED, lab, level,
    offer::{offer_from, raise_limits},
    scale_of,
};
use crate::scene::Scene;

/// Programs of the whole machine are called, but only one namespace is the loader's.
#[test]
fn other_network_namespaces() {
    let lab = lab();
    lab.in_far(raise_limits);
    let [older, newer] = [5001, 5002].map(|port| endpoint(FAR_V4, port));
    let older = lab.in_far(|| TcpListener::bind(older).unwrap());
    let scene = Scene::in_lab(lab, &level(0));
    let newer = scene.lab.in_far(|| TcpListener::bind(newer).unwrap());
    let from_far = Capture::on(NEAR);
    for listener in [older, newer] {
        let there = listener.local_addr().unwrap();
        let _client = tcp::connect(there);
        let scale = offer_from(&from_far, |ip| ip.source_port() == Some(there.port()));
        assert_eq!(scale, UNLIMITED, "{there}");
    }
    let here = endpoint(NEAR_V4, 5003);
    let _listener = TcpListener::bind(here).unwrap();
    let _client = scene.lab.in_far(|| tcp::connect(here));
    assert_eq!(offer_from(&from_far, |ip| ip.destination_port() == Some(5003)), UNLIMITED);
}

/// A clamp of an application's own stays where it is smaller, and comes back where it is not.
#[test]
fn what_an_application_chose_itself() {
    let lab = lab();
    let listen = |port, clamp| {
        let listener = TcpListener::bind(endpoint(NEAR_V4, port)).unwrap();
        clamp_window(&listener, clamp);
        listener
    };
    let [small, large] = [listen(5001, 200_000), listen(5002, 2_000_000)];
    let scene = Scene::in_lab(lab, "");
    let assert_scales = |of_small, of_large| {
        assert_eq!((scale_of(&scene, &small), scale_of(&scene, &large)), (of_small, of_large));
    };
    assert_scales(2, 5);
    for (settings, of_small, of_large) in
        [(level(0), 0, 0), (level(2), 2, 4), (level(3), 2, 5), (String::new(), 2, 5)]
    {
        scene.loader.replace(&settings);
        assert_scales(of_small, of_large);
    }
}
