//! What holds for every device on top of a port.

use qos_tests::{
    capture::{Capture, Frame, dscps},
    loader::Loader,
    netns::{FAR, Lab, NEAR},
    sender::process::Process,
};

use super::Stack;
use crate::{
    devices::{
        BY_PORT, Family, GAMES, MARKS, THERE, TOP, TRANSFER, connect, datagram_to, end, ends, send,
    },
    gso::transfer_inside,
};

const BY_USER: &str = "[[policy]]\nname = \"user\"\nuser = 5\ndscp = 30\n";

/// Marks at the device, at each below it, and at all at once.
#[track_caller]
pub(super) fn check(stack: &Stack<'_>) {
    if stack.part.is_missing() {
        return;
    }
    let lab = lab(stack);
    let capture = lab.in_far(|| Capture::on(FAR));
    let all: Vec<&str> = [TOP].iter().chain(stack.between).chain(&[NEAR]).copied().collect();
    let each = all.iter().map(std::slice::from_ref);
    for devices in each.chain([all.as_slice()]) {
        let arguments: Vec<&str> = devices.iter().flat_map(|device| ["-i", device]).collect();
        let loader = Loader::run_with(&arguments, &[BY_PORT, BY_USER].concat());
        for family in Family::BOTH {
            let place = format!("{family:?} on {devices:?}");
            datagrams(stack, &capture, family, &place);
            a_users(stack, &capture, family, &place);
            let frames =
                transfer_inside(&lab, &capture, ends(family).1, TRANSFER, |f| Some(f.clone()));
            assert_eq!(dscps(&frames), vec![46; frames.len()], "{place}");
        }
        end(loader);
    }
}

fn lab(stack: &Stack<'_>) -> Lab {
    let lab = Lab::new();
    let make = |commands: &str, port| {
        let up = made_by(commands).map(|name| format!("\nlink set {name} up"));
        commands.replace("PORT", port) + &up.collect::<String>()
    };
    let far = made_by(stack.far_commands).last().unwrap_or(FAR);
    connect(&lab, &make(stack.commands, NEAR), &make(stack.far_commands, FAR), far);
    lab
}

/// The devices that commands make, the topmost last.
fn made_by(commands: &str) -> impl Iterator<Item = &'static str> {
    ["mid0", TOP].into_iter().filter(move |name| commands.contains(name))
}

/// The sender's ECN bits are as they were, and so is the DSCP where no policy is for the packet.
fn datagrams(stack: &Stack<'_>, capture: &Capture, family: Family, place: &str) {
    for ecn in 0..4 {
        for (port, dscp) in MARKS {
            send(family, ecn, port);
            let frame = datagram_to(capture, port, |f| Some(f.clone()));
            assert_eq!(tags(&frame), stack.tags, "{place}: {frame:?}");
            let ip = frame.ip().unwrap();
            assert_eq!((ip.dscp(), ip.ecn()), (dscp, ecn), "{place}: {frame:?}");
        }
    }
}

/// The packet has its sender at every device.
fn a_users(stack: &Stack<'_>, capture: &Capture, family: Family, place: &str) {
    let user = Some(GAMES);
    Process { user, ..Process::default() }.send(THERE[family as usize], 6000);
    let frame = datagram_to(capture, 6000, |f| Some(f.clone()));
    assert_eq!(tags(&frame), stack.tags, "{place}: {frame:?}");
    assert_eq!(frame.ip().unwrap().dscp(), 30, "{place}: {frame:?}");
}

/// The ethertypes of the tags of a frame.
fn tags(frame: &Frame) -> Vec<u16> {
    let words = frame.bytes[12..].chunks(4).map(|tag| u16::from_be_bytes([tag[0], tag[1]]));
    words.take_while(|word| [super::C_TAG, super::S_TAG].contains(word)).collect()
}
