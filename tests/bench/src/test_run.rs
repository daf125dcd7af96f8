//! What the program costs a packet, without any network around it.

mod case;
mod measured;
mod tables;
mod targets;

use anyhow::Result;

use crate::{
    cpus,
    programs::Programs,
    report::Section,
    rounds::interleaved,
    sets::{Kind, SIZES},
};
use case::{Bed, Set};
use measured::{Measured, Sample};

/// In each everything is loaded anew, for where the kernel happens to put programs and maps makes a
/// difference of some per cent.
const ROUNDS: usize = 9;

/// How often all is measured in a round; the first is left out.
const PASSES: usize = 11;

/// Measures all sets, over both families and both kinds of packets.
pub(crate) fn section() -> Result<Section> {
    cpus::stay_on_the_last()?;
    let measured = measure()?;
    Ok(Section {
        key: "test-run",
        title: "The program alone",
        lead: LEAD.to_owned(),
        tables: tables::all(&measured),
        targets: targets::all(&measured)?,
        plot: Some(tables::plot(&measured)),
    })
}

const LEAD: &str = "`BPF_PROG_TEST_RUN` shows packets to a program: wall time by their number, in \
    nanoseconds. Each packet is put in place anew, unmarked, by a program that then calls the \
    measured one; what this takes with an *empty program* in its place is measured just before, \
    and taken off from all figures but its own. The *floor* only writes: \
    `bpf_l3_csum_replace` and `bpf_skb_store_bytes` for IPv4, and `bpf_skb_store_bytes` alone for \
    IPv6, whose header has no checksum; it looks at nothing. *Cached* is one flow, whose answer \
    the socket knows; *uncached* are 4,096 packets of as many flows in turn, four of five of them \
    made for a policy, so that the socket never knows the answer, with the table of flows switched \
    off; with that table the same packets are *known*. The columns are the number of \
    policies. A *friendly* set is as an administrator's; in a *hostile* one ranges are wide and \
    prefixes lie within prefixes, so that many policies match the same packet. In each round all \
    is loaded anew, for where the kernel puts programs and maps makes a difference of some per \
    cent, and measured ten times in turn, each time over 20,480 packets; the least counts, since \
    whatever else the machine does only adds to it.";

fn measure() -> Result<Measured> {
    let sets = Kind::ALL.into_iter().flat_map(|kind| SIZES.map(|size| Set::new(kind, size)));
    let sets: Vec<Set> = sets.collect();
    let tracks = case::tracks(&sets);
    let places: Vec<usize> = (0..tracks.len()).collect();
    let mut samples = vec![Vec::new(); tracks.len()];
    for _ in 0..ROUNDS {
        let mut others = Programs::load()?;
        let ours: Vec<_> = sets.iter().map(Set::load).collect::<Result<_>>()?;
        let beds = tracks.iter().map(|track| Bed::new(track, &mut others, &ours));
        let mut beds: Vec<Bed> = beds.collect::<Result<_>>()?;
        let passes = interleaved(&places, PASSES, |place| Sample::take(&mut beds[*place]))?;
        for (samples, passes) in samples.iter_mut().zip(&passes) {
            samples.extend(Sample::least(passes));
        }
    }
    Ok(Measured { cases: tracks.iter().map(|track| track.case).collect(), samples })
}
