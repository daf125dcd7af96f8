//! Where the kernel refuses what cgroups call, a process is known when it sends, and until then its
//! socket tells the user and the cgroup.

use qos_tests::{
    capture::Capture,
    kernel::hide_links_of_cgroups,
    loader::{self, Loader},
    netns::{FAR, Lab, NEAR},
};

use super::{
    cgroup_move::enter,
    flow::{V4, V6, client, datagrams},
    one_cpu,
    policies::policy,
    program::{Folder, Program},
};
use crate::{scene::Scene, sender::cgroup::Cgroup};

#[test]
fn cgroups() {
    one_cpu::stay();
    let folder = Folder::new();
    let unit = Cgroup::new("fewer");
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let mut command = loader::command();
    hide_links_of_cgroups(&mut command);
    let loader = Loader::start_by(command, &["-i", NEAR], &policy("cgroup", &unit.name, 10));
    loader.wait_until_ready();
    let scene = Scene { loader, capture, lab };
    let path = folder.copy("snd");
    let [inside, outside] = [(); 2].map(|()| Program::start(&path));
    enter(&unit.folder, &inside);
    // A SYN comes before anything is known; what was sent just before says nothing of it.
    for family in [V4, V6] {
        for (program, mark) in [(&inside, 10), (&outside, 0), (&inside, 10)] {
            let marks = client(&scene, program, family);
            assert_eq!(marks, vec![mark; marks.len()], "{family:?}");
            assert_eq!(datagrams(&scene, program, family), [mark; 4], "{family:?}");
        }
    }
}
