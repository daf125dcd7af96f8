//! The loop of `run`: signals, interfaces that come and go, and the program's log.

use std::time::Duration;

use futures_util::StreamExt as _;
use sd_notify::NotifyState;
use serde_json::json;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{MissedTickBehavior, interval},
};
use tracing::{error, info, warn};

use super::{answer, flows, memory, read::Read, reload::Policies, watch::Watch, where_to::Where};
use crate::{
    control::server::Server,
    error::{Error, Kind, Result},
    flows::Flows,
    kernel::{
        Direction, Enforcement, Interface, LogLevel,
        interfaces::{self, Change},
    },
    output::Output,
};

/// How often TCP sockets are given their shares of rates. Until then what is dropped keeps the rate.
const PACED_EVERY: Duration = Duration::from_secs(1);

/// Enforces what was `read`, on the interfaces that were asked for, until SIGINT or SIGTERM.
pub(super) async fn serve(
    mut policies: Policies,
    read: Read,
    mut files: Watch,
    where_to: &Where,
    allow_degraded: bool,
    output: Output,
) -> Result<()> {
    let handler = |kind| signal(kind).map_err(Error::runtime);
    let mut interrupt = handler(SignalKind::interrupt())?;
    let mut terminate = handler(SignalKind::terminate())?;
    let mut hangup = handler(SignalKind::hangup())?;

    let mut enforcement = Enforcement::new(LogLevel::of_subscriber())?;
    if allow_degraded {
        enforcement.allow_degraded();
    }
    let mut log = enforcement.dataplane().log()?;
    let mut overheard = enforcement.dataplane().name_packets()?;
    let (mut reports, mut flows) = (enforcement.dataplane().flow_reports()?, Flows::default());
    policies.find_hosts(&read.set).await;
    policies.enforce(&mut enforcement, read)?;
    let mut commands = Server::listen()?;
    // Watched before they are listed, so that none is missed.
    let mut changes = interfaces::watch()?;
    attach_all(&mut enforcement, where_to).await?;
    match announce(&enforcement, policies.len(), output) {
        // Who does not listen has not asked us to stop.
        Err(error) if error.kind() == Kind::Closed => warn!("nobody reads that it is ready"),
        announced => announced?,
    }
    notify(&[NotifyState::Ready]);
    memory::give_back();

    let mut paced = interval(PACED_EVERY);
    paced.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let is_watched = flows.watchers() > 0;
        tokio::select! {
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            _ = hangup.recv() => policies.reload(&mut enforcement),
            () = files.changed() => policies.reload(&mut enforcement),
            _ = paced.tick(), if enforcement.paces() => {
                if let Err(error) = enforcement.pace() {
                    warn!("{error}");
                }
            }
            () = policies.cgroups.changed() => policies.refresh(&mut enforcement),
            () = policies.hosts.changed() => policies.refresh(&mut enforcement),
            packets = overheard.next() => {
                let mut is_new = false;
                for packet in packets? {
                    is_new |= policies.hosts.hear(&packet);
                }
                if is_new {
                    policies.refresh(&mut enforcement);
                }
            }
            Some(change) = changes.next() => follow(&mut enforcement, where_to, &change),
            Some(request) = commands.asked() => {
                answer::answer(request, &policies, &flows, where_to, &mut enforcement);
            }
            reported = reports.next() => {
                flows::tell(&mut flows, &reported?, &policies, &mut enforcement);
            }
            () = flows.unwatched(), if is_watched => enforcement.dataplane().report_all(false)?,
            logged = log.forward() => logged?,
        }
    }
    notify(&[NotifyState::Stopping]);
    let totals = enforcement.dataplane().totals()?;
    info!(
        unmatched = totals.unmatched,
        not_ip = totals.not_ip,
        malformed = totals.malformed,
        "stopped"
    );
    Ok(())
}

async fn attach_all(enforcement: &mut Enforcement, where_to: &Where) -> Result<()> {
    let present = interfaces::list().await?;
    let mut refused = None;
    let wanted = present.iter().flat_map(|interface| {
        where_to.directions(&interface.name).map(move |direction| (interface, direction))
    });
    for (interface, direction) in wanted {
        match enforcement.attach(interface, direction) {
            Ok(()) => {}
            Err(error) if error.kind() == Kind::Unsupported => {
                warn!("{} is left out: {error}", interface.name);
                refused = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    let missing = where_to.missing(&present);
    if !attached(enforcement).is_empty() || (missing.is_empty() && refused.is_none()) {
        for name in missing {
            warn!("there is no interface {name} yet");
        }
        return Ok(());
    }
    Err(refused.unwrap_or_else(|| {
        let names: Vec<&str> = present.iter().map(|interface| interface.name.as_str()).collect();
        Error::runtime(anyhow::anyhow!("there is no interface {}", missing.join(", ")))
            .hinted(format!("there are: {}", names.join(", ")))
    }))
}

fn announce(enforcement: &Enforcement, policies: usize, output: Output) -> Result<()> {
    let names = attached(enforcement);
    if output.is_json() {
        output.json_line(&json!({ "ready": { "policies": policies, "interfaces": names } }))?;
    } else {
        output.text(format_args!("ready: {policies} policies on {}", names.join(", ")))?;
    }
    Ok(())
}

/// The names of the interfaces that are attached.
fn attached(enforcement: &Enforcement) -> Vec<String> {
    let leaving = enforcement.interfaces(Direction::Egress).map(str::to_owned);
    let entering = enforcement.interfaces(Direction::Ingress);
    leaving.chain(entering.map(|name| format!("{name} (ingress)"))).collect()
}

/// Attaches to an interface that appeared, and forgets one that is gone.
fn follow(enforcement: &mut Enforcement, where_to: &Where, change: &Change) {
    let (index, present) = match change {
        Change::Present(interface) => (interface.index, Some(interface)),
        Change::Gone(index) => (*index, None),
    };
    let wanted = |direction| {
        present.filter(|one| where_to.directions(&one.name).any(|wanted| wanted == direction))
    };
    for direction in [Direction::Egress, Direction::Ingress] {
        if let Some(interface) = wanted(direction) {
            attach_late(enforcement, interface, direction);
        } else if enforcement.forget(index, direction) {
            info!("interface {index} is gone or has another name");
        }
    }
}

fn attach_late(enforcement: &mut Enforcement, interface: &Interface, direction: Direction) {
    let is_new = !enforcement.is_attached(interface.index, direction);
    match enforcement.attach(interface, direction) {
        Ok(()) if is_new => info!("attached to {}", interface.name),
        Ok(()) => {}
        Err(error) => error!("{error}"),
    }
}

/// Tells systemd, if it started us.
pub(super) fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        warn!("systemd could not be told: {error}");
    }
}

/// What systemd wants to know while policies are read again.
pub(super) fn reloading() {
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC);
    let since_boot = now.map(Duration::from).unwrap_or_default();
    let micros = i128::try_from(since_boot.as_micros()).unwrap_or_default();
    notify(&[NotifyState::Reloading, NotifyState::MonotonicUsec(micros)]);
}
