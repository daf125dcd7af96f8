//! A connection of a client on the far side with a server here.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
};

use qos_tests::sender::{endpoint, tcp};

use crate::{
    scene::Scene,
    senders::flow::{Family, next_port},
};

const ANSWER: &[u8] = b"the answer";

pub(crate) struct Conversation<'a> {
    scene: &'a Scene,
    client: TcpStream,
    server: TcpStream,
    /// Of the server.
    port: u16,
}

impl<'a> Conversation<'a> {
    /// With a server at a port that no other test has.
    pub(crate) fn begin(scene: &'a Scene, family: Family) -> Self {
        Self::at(scene, family, next_port())
    }

    /// With a server at `port`.
    pub(crate) fn at(scene: &'a Scene, family: Family, port: u16) -> Self {
        let here = endpoint(family.near, port);
        let listener = TcpListener::bind(here).unwrap();
        let client = scene.lab.in_far(|| tcp::connect(here));
        client.set_nodelay(true).unwrap();
        let server = tcp::accept(&listener);
        Self::of(scene, client, server, port)
    }

    /// One that has begun.
    pub(crate) const fn of(
        scene: &'a Scene,
        client: TcpStream,
        server: TcpStream,
        port: u16,
    ) -> Self {
        Self { scene, client, server, port }
    }

    /// The mark of the answer to a request that comes in these segments.
    #[track_caller]
    pub(crate) fn ask(&mut self, segments: &[&[u8]]) -> u8 {
        for segment in segments {
            self.client.write_all(segment).unwrap();
            let mut received = vec![0; segment.len()];
            self.server.read_exact(&mut received).unwrap();
            assert_eq!(received, *segment);
        }
        self.answer()
    }

    /// The mark of what the server says now.
    #[track_caller]
    pub(crate) fn answer(&mut self) -> u8 {
        self.server.write_all(ANSWER).unwrap();
        let mut received = [0; ANSWER.len()];
        self.client.read_exact(&mut received).unwrap();
        assert_eq!(received, ANSWER);
        let port = self.port;
        let frames = self.scene.capture.take(1, |frame| {
            frame.ip().is_some_and(|ip| {
                ip.ports.is_some_and(|(source, _)| source == port) && ip.payload == ANSWER
            })
        });
        frames[0].ip().unwrap().dscp()
    }
}
