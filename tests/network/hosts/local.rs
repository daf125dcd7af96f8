//! Names that no server is asked for, and those that the loader asks for itself.

use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::Lab,
    sender::{endpoint, udp},
};

use super::policy;

/// `/etc/hosts` has that name on every machine, and looking it up finds it anyway.
#[test]
fn an_exact_name_is_known_from_the_start() {
    let _lab = Lab::new();
    let capture = Capture::on("lo");
    let loader = Loader::run("lo", &policy("[\"localhost\", \"nobody.invalid\"]"));
    for (address, dscp) in [("127.0.0.1", 10), ("127.0.0.2", 0)] {
        udp("127.0.0.1", 0).send_to(b"data", endpoint(address, 5_000)).unwrap();
        let frame = capture.to_port(5_000, 1).remove(0);
        assert_eq!(frame.ip().unwrap().dscp(), dscp, "{address}");
    }
    drop(loader);
}
