//! Two network namespaces joined by a veth pair, and a cgroup. The namespaces have no name, so the
//! kernel removes them and the pair when the lab is dropped or the process ends.

use std::{
    fs::{self, File},
    io,
    net::IpAddr,
    os::fd::AsRawFd as _,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context as _, anyhow};
use nix::sched::{CloneFlags, setns, unshare};
use rtnetlink::{
    Handle, LinkMessageBuilder, LinkUnspec, LinkVeth, new_connection,
    packet_route::address::{AddressAttribute, AddressFlags},
};

use super::flows;
use crate::{
    error::{Error, Result},
    kernel::privilege,
    policy::resolve::ThisMachine,
};

/// The interface that the programs send through.
pub const NEAR: &str = "near0";
/// The interface that the servers receive from.
pub const FAR: &str = "far0";

/// A network namespace without a name.
#[derive(Debug)]
pub struct Namespace(File);

impl Namespace {
    fn new() -> Result<Self> {
        let make = || -> anyhow::Result<File> {
            unshare(CloneFlags::CLONE_NEWNET).context("making a network namespace")?;
            File::open("/proc/thread-self/ns/net").context("opening the namespace")
        };
        Ok(Self(on_thread(make)??))
    }

    /// Runs `work` on a thread in this namespace.
    pub fn enter<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        on_thread(|| {
            setns(&self.0, CloneFlags::CLONE_NEWNET).context("entering a network namespace")?;
            Ok(work())
        })?
        .map_err(|error: anyhow::Error| error.into())
    }

    /// A copy that can be moved to another thread.
    pub fn try_clone(&self) -> Result<Self> {
        self.0.try_clone().map(Self).map_err(Error::runtime)
    }
}

/// Runs `work` on a thread of its own, for namespaces are a thread's.
fn on_thread<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    let result = thread::scope(|scope| scope.spawn(work).join());
    result.map_err(|_| Error::runtime(anyhow!("a thread of the demo panicked")))
}

/// All that the demo makes.
#[derive(Debug)]
pub struct Lab {
    /// Where the programs run and packets are marked.
    pub near: Namespace,
    /// Where the servers run and packets are captured.
    pub far: Namespace,
    /// The backup service's cgroup.
    pub cgroup: Cgroup,
}

impl Lab {
    /// Makes the namespaces, the pair with addresses of both families, and the cgroup.
    pub fn new() -> Result<Self> {
        privilege::check()?;
        let cgroup = Cgroup::new("qos-loader-demo/backup.service")?;
        let lab = Self { near: Namespace::new()?, far: Namespace::new()?, cgroup };
        let [near, far] = flows::addresses();
        let far_fd = lab.far.0.as_raw_fd();
        lab.near.enter(|| block_on(join(far_fd, &near)))??;
        lab.far.enter(|| block_on(bring_up(FAR, &far)))??;
        Ok(lab)
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(Error::runtime)?.block_on(work)?)
}

/// Makes the pair, gives one end to the far namespace, and sets up the other.
async fn join(far: i32, addresses: &[IpAddr]) -> anyhow::Result<()> {
    let links = netlink()?.link();
    links.add(LinkVeth::new(NEAR, FAR).build()).execute().await.context("making a veth pair")?;
    let moved = LinkMessageBuilder::<LinkUnspec>::new().name(FAR).setns_by_fd(far).build();
    links.set(moved).execute().await.context("moving one end of the pair")?;
    bring_up(NEAR, addresses).await
}

async fn bring_up(name: &str, addresses: &[IpAddr]) -> anyhow::Result<()> {
    let handle = netlink()?;
    let up = LinkMessageBuilder::<LinkUnspec>::new().name(name).up().build();
    handle.link().set(up).execute().await.with_context(|| format!("bringing {name} up"))?;
    let index = nix::net::if_::if_nametoindex(name)?;
    for address in addresses {
        let length = if address.is_ipv4() { 24 } else { 64 };
        let mut request = handle.address().add(index, *address, length);
        // Without waiting for duplicate address detection.
        let flags = AddressAttribute::Flags(AddressFlags::Nodad);
        request.message_mut().attributes.push(flags);
        request.execute().await.with_context(|| format!("adding {address} to {name}"))?;
    }
    Ok(())
}

fn netlink() -> anyhow::Result<Handle> {
    let (connection, handle, _) = new_connection().context("opening a netlink socket")?;
    tokio::spawn(connection);
    Ok(handle)
}

/// A cgroup that is removed with its parent when this is dropped.
#[derive(Debug)]
pub struct Cgroup(PathBuf);

impl Cgroup {
    fn new(path: &str) -> Result<Self> {
        let machine = ThisMachine::new();
        let mount = machine.cgroup_mount().ok_or_else(|| {
            Error::unsupported("the cgroup v2 hierarchy is not mounted")
                .hinted("mount -t cgroup2 none /sys/fs/cgroup")
        })?;
        let folder = mount.join(path);
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let parent = self.0.parent().map_or(Ok(()), |parent| {
            fs::remove_dir(&self.0)?;
            fs::remove_dir(parent)
        });
        if let Err(error) = parent.or_else(gone_already) {
            tracing::warn!("{} could not be removed: {error}", self.0.display());
        }
    }
}

fn gone_already(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}
