//! A web server that does as little as one can.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use anyhow::Result;
use qos_tests::netns::NEAR_V4;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nthe answer is";

/// One that serves, a thread a connection, as long as the process lives.
pub(super) struct Server(SocketAddr);

impl Server {
    /// Starts it in the thread's network namespace, on its CPU.
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind((NEAR_V4, 0))?;
        let address = listener.local_addr()?;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                thread::spawn(move || serve(client));
            }
        });
        Ok(Self(address))
    }

    pub(super) const fn port(&self) -> u16 {
        self.0.port()
    }
}

/// Answers requests, each of which is in a segment, until the client goes.
fn serve(mut client: TcpStream) {
    let mut request = [0; 4_096];
    while client.read(&mut request).is_ok_and(|length| length > 0) {
        if client.write_all(ANSWER).is_err() {
            return;
        }
    }
}
