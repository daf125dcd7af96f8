//! TCP is paced a little slower than its policy's rate, which is seen in the sockets themselves.

use core::ops::RangeInclusive;
use std::{
    io::{self, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use qos_tests::{
    netns::{FAR_V4, NEAR_V4},
    patience::PATIENCE,
    sender::{endpoint, pacing_rate, set_pacing_rate, tcp},
};

use crate::scene::Scene;

/// What a socket has that nobody paces.
const UNPACED: u32 = u32::MAX;
/// Of 1 `MBps`.
const PACED: u32 = 1_048_576 - 1_048_576 / 20;
/// Of 512 `KBps`.
const SLOWER: u32 = 524_288 - 524_288 / 20;

fn policies(rate: &str) -> String {
    format!("[[policy]]\nname = \"slow\"\ndestination-port = 5000\nthrottle = \"{rate}\"\n")
}

/// A connection to a port of the far side, and its other end.
fn connect(scene: &Scene, port: u16) -> [TcpStream; 2] {
    let there = endpoint(FAR_V4, port);
    let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    let mut client = tcp::connect(there);
    client.write_all(b"data").unwrap();
    [client, tcp::accept(&listener)]
}

/// Waits until a socket has this rate, sending now and then.
#[track_caller]
fn wait_for(socket: &mut TcpStream, rate: u32) {
    let since = Instant::now();
    while pacing_rate(socket) != rate {
        let is = pacing_rate(socket);
        assert!(since.elapsed() < PATIENCE, "its rate is {is}, not {rate}");
        socket.write_all(b"more").unwrap();
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn follows_the_policies_and_ends_with_them() {
    let scene = Scene::with(&policies("1 MBps"));
    let [[mut slow, _far], [mut free, _other]] = [5000, 6000].map(|port| connect(&scene, port));
    wait_for(&mut slow, PACED);
    scene.loader.replace(&policies("512 KBps"));
    wait_for(&mut slow, SLOWER);
    // The others were visited with it.
    assert_eq!(pacing_rate(&free), UNPACED);
    scene.loader.replace(&policies("512 KBps").replace("5000", "6000"));
    wait_for(&mut slow, UNPACED);
    wait_for(&mut free, SLOWER);
    scene.loader.replace("");
    wait_for(&mut free, UNPACED);
    scene.loader.replace(&policies("1 MBps"));
    wait_for(&mut slow, PACED);
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
    assert_eq!([&slow, &free].map(pacing_rate), [UNPACED; 2]);
}

#[test]
fn an_application_keeps_its_own_lower_rate() {
    let scene = Scene::with(&policies("1 MBps"));
    let [[mut lower, _a], [mut higher, _b]] = [(); 2].map(|()| {
        let there = endpoint(FAR_V4, 5000);
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        let client = tcp::connect(there);
        [client, tcp::accept(&listener)]
    });
    set_pacing_rate(&lower, 1_000);
    set_pacing_rate(&higher, 5_000_000);
    lower.write_all(b"data").unwrap();
    wait_for(&mut higher, PACED);
    assert_eq!(pacing_rate(&lower), 1_000);
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
    assert_eq!([&lower, &higher].map(pacing_rate), [1_000, 5_000_000]);
}

/// A server's sockets, and those that are older than the loader.
#[test]
fn of_accepted_and_older_connections() {
    let scene = Scene::with("");
    let here = endpoint(NEAR_V4, 7000);
    let listener = TcpListener::bind(here).unwrap();
    let _client = scene.lab.in_far(|| tcp::connect(here));
    let mut older = tcp::accept(&listener);
    let served = "[[policy]]\nname = \"s\"\nsource-port = 7000\nthrottle = \"1 MBps\"\n";
    scene.loader.replace(served);
    let _other = scene.lab.in_far(|| tcp::connect(here));
    let mut newer = tcp::accept(&listener);
    wait_for(&mut older, PACED);
    wait_for(&mut newer, PACED);
    assert_eq!(pacing_rate(&listener), UNPACED);
}

/// Has a connection send until it goes, which it does when a test fails, too.
struct Busy<'a>(&'a AtomicBool);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Those that have more to send than they may share what the others leave.
#[test]
fn is_shared_by_connections_that_have_something_to_send() {
    let scene = Scene::with(&policies("512 KBps"));
    let [[mut idle, _far], first, second] = [(); 3].map(|()| connect(&scene, 5000));
    let ended = [AtomicBool::new(false), AtomicBool::new(false)];
    thread::scope(|scope| {
        let mut sockets = Vec::new();
        let [first_sends, second_sends] = ended.each_ref().map(Busy);
        for ([client, mut server], ended) in [first, second].into_iter().zip(&ended) {
            let mut sends = client.try_clone().unwrap();
            sockets.push(client);
            scope.spawn(move || io::copy(&mut server, &mut io::sink()).unwrap());
            scope.spawn(move || {
                while !ended.load(Relaxed) {
                    sends.write_all(&[0; 16_384]).unwrap();
                }
                sends.shutdown(Shutdown::Write).unwrap();
            });
        }
        let [first, second] = <[TcpStream; 2]>::try_from(sockets).unwrap();
        let wait = |socket: &TcpStream, rates: RangeInclusive<u32>| {
            let since = Instant::now();
            while !rates.contains(&pacing_rate(socket)) {
                let is = pacing_rate(socket);
                assert!(since.elapsed() < PATIENCE, "its rate is {is}, not in {rates:?}");
                thread::sleep(Duration::from_millis(50));
            }
        };
        // The idle one leaves nearly all.
        for socket in [&first, &second] {
            wait(socket, SLOWER * 40 / 100..=SLOWER * 60 / 100);
        }
        drop(first_sends);
        wait(&second, SLOWER * 9 / 10..=SLOWER);
        drop(second_sends);
        wait_for(&mut idle, SLOWER);
    });
}
