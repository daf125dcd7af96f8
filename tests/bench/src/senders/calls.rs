//! System calls of who sends, with the hooks and without.

use std::{net::UdpSocket, time::Instant};

use anyhow::Result;

use super::policies;
use crate::{
    enforced::Enforced,
    report::{Cell, Table, Unit},
    rounds::{Spread, interleaved},
};

/// In each the hooks are attached anew.
const ROUNDS: usize = 9;
const PASSES: usize = 11;
/// How often a call is made to be measured once.
const CALLS: u32 = 5_000;

/// What is called.
#[derive(Clone, Copy)]
enum Call {
    Make,
    Send,
    SendTo,
}

impl Call {
    const ALL: [Self; 3] = [Self::Make, Self::Send, Self::SendTo];

    const fn name(self) -> &'static str {
        match self {
            Self::Make => "a socket",
            Self::Send => "a datagram to the socket's peer",
            Self::SendTo => "a datagram to an address",
        }
    }

    /// Nanoseconds that it takes.
    fn cost(self) -> Result<f64> {
        let sink = UdpSocket::bind("127.0.0.1:0")?;
        let there = sink.local_addr()?;
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        let connected = UdpSocket::bind("127.0.0.1:0")?;
        connected.connect(there)?;
        let start = Instant::now();
        for _call in 0..CALLS {
            match self {
                Self::Make => drop(UdpSocket::bind("127.0.0.1:0")?),
                Self::Send => _ = connected.send(b"x")?,
                Self::SendTo => _ = socket.send_to(b"x", there)?,
            }
        }
        Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS))
    }
}

/// Nanoseconds a call, without hooks and with them, in each round.
pub(super) type Measured = Vec<(&'static str, Vec<[f64; 2]>)>;

pub(super) fn measure() -> Result<Measured> {
    let mut measured = Call::ALL.map(|call| (call.name(), Vec::new()));
    for _ in 0..ROUNDS {
        let [_, with] = policies();
        let least = |costs: Vec<Vec<f64>>| -> Vec<f64> {
            let least = |costs: Vec<f64>| costs.into_iter().fold(f64::INFINITY, f64::min);
            costs.into_iter().map(least).collect()
        };
        let without = least(interleaved(&Call::ALL, PASSES, |call| call.cost())?);
        let hooks = Enforced::new(&with)?;
        let with = least(interleaved(&Call::ALL, PASSES, |call| call.cost())?);
        drop(hooks);
        for ((_, samples), pair) in measured.iter_mut().zip(without.into_iter().zip(with)) {
            samples.push(pair.into());
        }
    }
    Ok(measured.into())
}

pub(super) fn table(measured: &Measured) -> Table {
    let rows = measured.iter().map(|(name, samples)| {
        let spread = |of: fn(&[f64; 2]) -> f64| {
            Cell::Measured(Spread::of(samples.iter().map(of)), Unit::Nanoseconds)
        };
        vec![
            Cell::Text((*name).to_owned()),
            spread(|[without, _]| *without),
            spread(|[_, with]| *with),
            spread(|[without, with]| with - without),
        ]
    });
    Table {
        name: "calls".to_owned(),
        titles: ["ns a call", "without hooks", "with hooks", "the hooks"].map(str::to_owned).into(),
        rows: rows.collect(),
    }
}
