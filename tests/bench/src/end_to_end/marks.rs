//! Before anything is measured: all subjects must do the same to the same packets.

use anyhow::{Context as _, Result, ensure};
use qos_common::dscp::Dscp;
use qos_tests::{
    capture::{Capture, Frame, Ip, dscps},
    netns::FAR,
    oracle::{self, Seen},
};

use super::{
    bed::Bed,
    sender::BATCH,
    subject::{Peers, Subject},
    traffic::Traffic,
};

/// The code point that both kinds of blind writers set.
const EF: u8 = 46;

/// Compares the marks of some packets, as they arrive, with what the oracle says.
pub(super) fn check(bed: &mut Bed, subject: Subject, traffic: &Traffic) -> Result<()> {
    let capture = bed.lab.in_far(|| Capture::on(FAR));
    for peers in Peers::ALL {
        bed.sender(peers).send(traffic.trace(peers))?;
    }
    let frames = capture.take(2 * BATCH, |frame| frame.ip().is_some());
    let expected: Vec<u8> =
        frames.iter().map(|frame| expected(frame, subject, traffic)).collect::<Result<_>>()?;
    let (name, size) = (subject.name(), traffic.size);
    ensure!(dscps(&frames) == expected, "{name} marks wrongly with {size} policies");
    let marked = expected.iter().filter(|dscp| **dscp != 0).count();
    let most = subject == Subject::Empty || marked > BATCH + BATCH / 2;
    ensure!(most, "{name} marks but {marked} of {} packets", 2 * BATCH);
    Ok(())
}

fn expected(frame: &Frame, subject: Subject, traffic: &Traffic) -> Result<u8> {
    let ip = frame.ip().context("not IP")?;
    Ok(match subject {
        Subject::Empty => 0,
        Subject::Floor | Subject::NftRule => EF,
        Subject::Ours | Subject::OursAnew | Subject::NftMap | Subject::NftList => {
            let winner = oracle::winner(&traffic.policies, &seen(&ip));
            winner.and_then(|policy| policy.actions.dscp).map_or(0, Dscp::value)
        }
    })
}

fn seen(ip: &Ip) -> Seen {
    Seen {
        source: ip.source,
        destination: ip.destination,
        protocol: ip.protocol,
        source_port: ip.ports.map(|(source, _)| source),
        destination_port: ip.destination_port(),
        sender: oracle::Sender::default(),
    }
}
