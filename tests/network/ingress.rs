//! `run --ingress`: what a container sends is known to be its own at the host's end of its veth pair,
//! and is nobody's when it leaves the host.

mod container;

use std::{
    fs,
    io::Read as _,
    net::{IpAddr, TcpListener},
    path::PathBuf,
    process::{Command, Stdio},
};

use nix::sys::signal::Signal;
use qos_tests::{
    capture::{Capture, dscps},
    loader::{self, Loader},
    netns::{FAR, FAR_V4, FAR_V6, Lab, NEAR, SINK_V4, SINK_V6, ip},
    sender::{endpoint, process::Process},
    tc,
};

use crate::{clsact, scene::Scene, sender::cgroup::Cgroup};
use container::{Container, HOST};

/// The user that policies name, and its group.
const USER: u32 = 1_234;

/// Whom a policy asks for, each at a port of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Application,
    User,
    Group,
    Cgroup,
    Nobody,
}

impl Asked {
    const SENDERS: [Self; 4] = [Self::Application, Self::User, Self::Group, Self::Cgroup];

    const fn port(self) -> u16 {
        5001 + self as u16
    }

    /// The mark that its policy gives.
    const fn mark(self) -> u8 {
        10 + self as u8
    }
}

/// A host with a container, and who sends there.
struct Bed {
    cgroup: Cgroup,
    container: Container,
    scene: Scene,
}

impl Bed {
    /// With a loader that is started by `command`.
    fn new(command: Command, arguments: &[&str]) -> Self {
        let lab = Lab::new();
        let container = Container::new(&lab);
        container.connect(HOST);
        let cgroup = Cgroup::new("container");
        let capture = lab.in_far(|| Capture::on(FAR));
        let loader = Loader::start_by(command, arguments, &policies(&cgroup));
        loader.wait_until_ready();
        Self { cgroup, container, scene: Scene { loader, capture, lab } }
    }

    /// The marks with which datagrams, and the packets of connections, of both families arrive
    /// that the container sends.
    fn marks(&self, asked: Asked) -> Vec<u8> {
        let port = asked.port();
        let cgroup = (asked == Asked::Cgroup).then_some(self.cgroup.folder.as_path());
        let user = [Asked::User, Asked::Group].contains(&asked).then_some(USER);
        let sender = Process { user, cgroup };
        let Scene { lab, capture, .. } = &self.scene;
        let arrived = |address: &str, count| {
            let address = address.parse::<IpAddr>().unwrap();
            dscps(&capture.take(count, |frame| {
                frame.ip().is_some_and(|ip| {
                    ip.destination == address && ip.destination_port() == Some(port)
                })
            }))
        };
        let mut marks = Vec::new();
        for sink in [SINK_V4, SINK_V6] {
            self.container.inside(|| sender.send(sink, port));
            marks.extend(arrived(sink, 1));
        }
        for far in [FAR_V4, FAR_V6] {
            let _listener = lab.in_far(|| TcpListener::bind(endpoint(far, port)).unwrap());
            self.container.inside(|| sender.connect(far, port));
            // SYN, ACK, data, FIN; what is sent after that has no socket any more.
            marks.extend(arrived(far, 4));
        }
        marks
    }

    fn assert_known(&self) {
        for asked in [&Asked::SENDERS[..], &[Asked::Nobody]].concat() {
            assert_eq!(self.marks(asked), [asked.mark(); 10], "{asked:?}");
        }
    }
}

/// The shell that sends, as a process of it is known.
fn shell() -> PathBuf {
    let mut shell = Command::new("bash")
        .args(["-c", "echo && read"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Until it says something it may be the process that is to become a shell.
    shell.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let path = fs::read_link(format!("/proc/{}/exe", shell.id())).unwrap();
    drop(shell.stdin.take());
    shell.wait().unwrap();
    path
}

fn policies(cgroup: &Cgroup) -> String {
    let conditions = [
        (Asked::Application, format!("application = \"{}\"", shell().display())),
        (Asked::User, format!("user = {USER}")),
        (Asked::Group, format!("group = {USER}")),
        (Asked::Cgroup, format!("cgroup = {:?}", cgroup.name)),
        (Asked::Nobody, String::new()),
    ];
    let policy = |(asked, condition): (Asked, String)| {
        let (port, dscp) = (asked.port(), asked.mark());
        format!(
            "[[policy]]\nname = \"{asked:?}\"\n{condition}\ndestination-port = {port}\ndscp = {dscp}\n"
        )
    };
    conditions.map(policy).concat()
}

#[test]
fn what_enters_is_marked_by_who_sends() {
    Bed::new(loader::command(), &["--ingress", "veth*"]).assert_known();
}

#[test]
fn by_a_filter_too() {
    let bed = Bed::new(clsact::command(), &["--ingress", HOST]);
    bed.assert_known();
    bed.scene.loader.end(Signal::SIGTERM);
    assert_eq!(tc::qdisc(HOST), None);
}

/// Where it is forwarded nobody has sent it; what the policies say of its ports holds.
#[test]
fn what_only_leaves_is_nobodys() {
    let bed = Bed::new(loader::command(), &["-i", NEAR]);
    for asked in Asked::SENDERS {
        assert_eq!(bed.marks(asked), [0; 10], "{asked:?}");
    }
    assert_eq!(bed.marks(Asked::Nobody), [Asked::Nobody.mark(); 10]);
}

/// The mark of the one stays where the other knows no policy for it.
#[test]
fn entering_and_leaving() {
    Bed::new(loader::command(), &["-i", NEAR, "--ingress", HOST]).assert_known();
}

/// A container that starts later has its interface attached, and one of another name has not.
#[test]
fn an_interface_that_comes_later() {
    let bed = Bed::new(loader::command(), &["-i", "lo", "--ingress", "cali*"]);
    assert_eq!(bed.marks(Asked::Application), [0; 10]);
    ip(&format!("link delete {HOST}"));
    bed.container.connect("cali7");
    bed.scene.loader.wait_for_log("attached to cali7");
    bed.assert_known();
}

/// What the ready line says, and who is told.
#[test]
fn is_announced() {
    let _lab = Lab::new();
    let loader = Loader::start(&["-i", NEAR, "--ingress", "near*"], "");
    let expected = format!("ready: 0 policies on {NEAR}, {NEAR} (ingress)");
    assert_eq!(loader.wait_until_ready(), expected);
}

#[test]
fn one_that_is_not_there() {
    let _lab = Lab::new();
    let ended = Loader::start(&["--ingress", "veth7"], "").wait();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.log[0].contains("there is no interface veth7"), "{ended:?}");
}
