//! Devices other than Ethernet ports, and qdiscs: on each of them, and on the port below it, the
//! marks are what [packet.md](../../docs/packet.md) says. Not every kernel has all of them.

mod bridged;
mod ifb;
mod part;
mod qdisc;
mod stacked;
mod tunnel;

use nix::sys::signal::Signal;
use qos_tests::{
    capture::{Capture, Frame},
    loader::Loader,
    netns::{Lab, ip},
    sender::{endpoint, set_traffic_class, udp},
};

use part::Part;

/// The device that is tested, on both sides.
const TOP: &str = "top0";
/// Its addresses, on the near side and on the far one.
const HERE: [&str; 2] = ["10.79.0.1", "fd79::1"];
/// See [`HERE`].
const THERE: [&str; 2] = ["10.79.0.2", "fd79::2"];

/// The DSCP that the senders choose.
const CHOSEN: u8 = 10;
/// Ports, and the DSCP of what is sent there where [`BY_PORT`] is in force.
const MARKS: [(u16, u8); 2] = [(5000, 46), (5001, CHOSEN)];
const BY_PORT: &str = "[[policy]]\nname = \"port\"\ndestination-port = 5000\ndscp = 46\n";

/// The bytes of a connection: enough that the stack sends packets larger than the MTU.
const TRANSFER: usize = 200_000;
const UDP: u8 = 17;

/// A user who sends, and one who is not root.
const GAMES: u32 = 5;

/// The commands that give a device its addresses.
fn addresses(device: &str, addresses: [&str; 2]) -> String {
    let [v4, v6] = addresses;
    format!("address add {v4}/24 dev {device}\naddress add {v6}/64 dev {device} nodad\n")
}

/// Makes a device on both sides; `far` is the name of the one that has the addresses there.
fn connect(lab: &Lab, near_commands: &str, far_commands: &str, far: &str) {
    ip(&format!("{near_commands}\n{}", addresses(TOP, HERE)));
    lab.in_far(|| ip(&format!("{far_commands}\n{}", addresses(far, THERE))));
}

/// Where to send from and where to, by family.
fn ends(family: Family) -> (&'static str, &'static str) {
    (HERE[family as usize], THERE[family as usize])
}

/// A version of the Internet Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    V4,
    V6,
}

impl Family {
    const BOTH: [Self; 2] = [Self::V4, Self::V6];
}

/// Sends one datagram with [`CHOSEN`] and these ECN bits.
fn send(family: Family, ecn: u8, port: u16) {
    let (source, destination) = ends(family);
    let socket = udp(source, 0);
    set_traffic_class(&socket, source, CHOSEN << 2 | ecn);
    socket.send_to(b"payload", endpoint(destination, port)).unwrap();
}

/// The next frame with a UDP datagram to a port `inside`.
fn datagram_to(capture: &Capture, port: u16, inside: impl Fn(&Frame) -> Option<Frame>) -> Frame {
    let is_wanted = |frame: &Frame| {
        let ip = inside(frame).and_then(|frame| frame.ip());
        ip.is_some_and(|ip| ip.protocol == UDP && ip.destination_port() == Some(port))
    };
    capture.take(1, is_wanted).remove(0)
}

/// Ends a loader, which must have been able to read all packets.
#[track_caller]
fn end(loader: Loader) {
    let ended = loader.end(Signal::SIGTERM);
    assert!(ended.log.iter().any(|line| line.ends_with(" malformed=0")), "{ended:#?}");
}
