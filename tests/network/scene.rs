//! A lab with a capture on its far side and qos-loader on the near one.

use qos_tests::{
    capture::{Capture, Frame},
    loader::Loader,
    netns::{FAR, Lab, NEAR},
};

/// What most tests need. The loader goes first and the namespaces last.
pub(crate) struct Scene {
    pub(crate) loader: Loader,
    pub(crate) capture: Capture,
    pub(crate) lab: Lab,
}

impl Scene {
    /// `policies` in force on the near interface.
    pub(crate) fn with(policies: &str) -> Self {
        Self::in_lab(Lab::new(), policies)
    }

    /// The same in a lab that was prepared.
    pub(crate) fn in_lab(lab: Lab, policies: &str) -> Self {
        let capture = lab.in_far(|| Capture::on(FAR));
        let loader = Loader::run(NEAR, policies);
        Self { loader, capture, lab }
    }

    /// The one packet that was sent to a port.
    pub(crate) fn packet_to(&self, port: u16) -> Frame {
        self.capture.to_port(port, 1).remove(0)
    }

    /// The DSCP of the one packet that was sent to a port.
    pub(crate) fn mark_of(&self, port: u16) -> u8 {
        self.packet_to(port).ip().unwrap().dscp()
    }
}
