//! `qos-loader demo`: a home user's policies on real traffic. [`lab`] makes two namespaces joined
//! by a veth pair, [`flows`] says which programs send what and what should come of it, [`sender`]
//! is such a program, [`server`] answers them, [`capture`] looks at what arrives, and [`report`]
//! compares.

pub mod capture;
pub mod flows;
mod interrupt;
pub mod lab;
pub mod report;
pub mod sender;
pub mod server;

use crate::{
    error::{Error, Result},
    kernel::{Direction, Enforcement, LogLevel, interfaces},
    policy::{
        Policy,
        layer::PolicySet,
        resolve::{Resolved, ThisMachine},
        settings::Settings,
        source::{Form, Layer},
    },
};
use capture::Capture;
use flows::Flow;
use interrupt::Interrupt;
use lab::{Lab, NEAR};
use report::Report;
use server::Server;

/// The policies of the demo.
pub const POLICIES: &str = include_str!("demo/policies.toml");

/// Sends, captures and compares; what it made is gone when it returns.
pub fn run() -> Result<Report> {
    let policies = policies()?;
    let interrupt = Interrupt::hold()?;
    let lab = Lab::new()?;
    let flows = flows::all();
    let capture = Capture::start(&lab.far)?;
    let server = Server::start(&lab.far, &flows)?;
    lab.near.enter(|| send_marked(&policies, &flows, &lab, &interrupt))??;
    server.stop()?;
    Ok(Report::new(&policies, &flows, &capture.stop()?))
}

fn policies() -> Result<Vec<Policy>> {
    let text = crate::diagnostic::Text::new("demo", POLICIES.to_owned());
    let layer = Layer { name: "demo".to_owned(), form: Form::File, texts: vec![text] };
    Ok(PolicySet::of(&[layer])?.policies)
}

/// Enforces the policies on the near interface while all senders send.
fn send_marked(
    policies: &[Policy],
    flows: &[Flow],
    lab: &Lab,
    interrupt: &Interrupt,
) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::runtime)?;
    let interfaces = runtime.block_on(interfaces::list())?;
    let near = interfaces.iter().find(|interface| interface.name == NEAR);
    let near = near.ok_or_else(|| Error::runtime(anyhow::anyhow!("{NEAR} is gone")))?;
    let mut enforcement = Enforcement::new(LogLevel::Off)?;
    let resolved = Resolved::new(policies, &ThisMachine::new());
    enforcement.enforce(policies, &Settings::default(), &resolved)?;
    enforcement.attach(near, Direction::Egress)?;
    flows.iter().try_for_each(|flow| {
        interrupt.check()?;
        sender::start(flow, lab)
    })
}
