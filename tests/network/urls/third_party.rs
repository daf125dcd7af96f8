//! Programs that everybody has: curl asks, Python and OpenSSL answer.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
};

use qos_tests::{
    kernel::{is_guest, skipped},
    loader::output::Lines,
};
use tempfile::TempDir;

use super::policy;
use crate::{
    scene::Scene,
    senders::flow::{Family, V4, V6, next_port},
};

/// A server that is killed when this is dropped.
struct Server(Child);

impl Server {
    /// Starts it, and waits until it says that it is `ready`.
    fn start(command: &mut Command, ready: &str) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = Lines::of(child.stdout.take().unwrap());
        let server = Self(child);
        assert!(output.wait_for(ready).is_some(), "{command:?} is not ready");
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// What curl on the far side gets, for URLs over one connection, of hosts that are all at `family`'s near
/// address.
fn curl(scene: &Scene, family: Family, local: u16, urls: &[String]) -> String {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--noproxy", "*", "--insecure", "--http1.1"]);
    command.args(["--local-port", &local.to_string()]);
    let address = if family.near.contains(':') {
        format!("[{}]", family.near)
    } else {
        family.near.to_owned()
    };
    command.args(["--connect-to", &format!("::{address}:")]).args(urls);
    let output = scene.lab.in_far(|| command.output().unwrap());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The marks of the packets with data that went to a port of the far side.
fn marks(scene: &Scene, port: u16) -> Vec<u8> {
    let mut marks = Vec::new();
    loop {
        let ip = scene.capture.to_port(port, 1)[0].ip().unwrap();
        if !ip.payload.is_empty() {
            marks.push(ip.dscp());
        }
        if ip.flags.1 {
            return marks;
        }
    }
}

#[test]
fn curl_and_python() {
    if is_guest() {
        return skipped("guests have no Python, and no kernel knows of it");
    }
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("training")).unwrap();
    fs::write(folder.path().join("training/a"), "of the training").unwrap();
    fs::write(folder.path().join("b"), "of others").unwrap();
    let port = next_port();
    let policies =
        policy("http://hrweb.corp:*/training", 46) + &policy(&format!("http://*:{port}/b"), 10);
    let scene = Scene::with(&policies);
    for (family, protocol) in [(V4, "HTTP/1.1"), (V6, "HTTP/1.1"), (V4, "HTTP/1.0")] {
        let mut command = Command::new("python3");
        command.args(["-u", "-m", "http.server", "--protocol", protocol, "--bind", family.near]);
        command.arg(port.to_string()).current_dir(folder.path());
        let _server = Server::start(&mut command, "Serving HTTP");
        for (host, path, content, mark) in [
            ("hrweb.corp", "training/a?q=1", "of the training", 46),
            ("HRWeb.Corp", "training/a", "of the training", 46),
            ("other.corp", "b", "of others", 10),
            ("other.corp", "training/a", "of the training", 0),
        ] {
            let local = next_port();
            let url = format!("http://{host}:{port}/{path}");
            assert_eq!(curl(&scene, family, local, &[url]), content);
            let marks = marks(&scene, local);
            assert!(
                !marks.is_empty() && marks.iter().all(|one| *one == mark),
                "{host}/{path}: {marks:?}"
            );
        }
        if protocol == "HTTP/1.0" {
            continue;
        }
        let local = next_port();
        let same = ["training/a", "b", "training/a"]
            .map(|path| format!("http://hrweb.corp:{port}/{path}"));
        assert_eq!(curl(&scene, family, local, &same), "of the trainingof othersof the training");
        let mut marks = marks(&scene, local);
        marks.dedup();
        assert_eq!(marks, [46, 10, 46], "keep-alive at {}", family.near);
    }
}

#[test]
fn curl_and_openssl() {
    if is_guest() {
        return skipped("guests have no OpenSSL program, and no kernel knows of it");
    }
    let folder = TempDir::new().unwrap();
    let (key, certificate) = certificate(folder.path());
    let scene = Scene::with(&policy("https://secure.example.com:*/", 34));
    for family in [V4, V6] {
        let port = next_port();
        let mut command = Command::new("openssl");
        command.args(["s_server", "-www", "-key", &key, "-cert", &certificate, "-accept"]);
        let address = if family.near.contains(':') {
            format!("[{}]", family.near)
        } else {
            family.near.to_owned()
        };
        command.arg(format!("{address}:{port}")).stdin(Stdio::null());
        let _server = Server::start(&mut command, "ACCEPT");
        for (host, mark) in
            [("secure.example.com", 34), ("Secure.Example.com", 34), ("other.example.com", 0)]
        {
            let local = next_port();
            let page = curl(&scene, family, local, &[format!("https://{host}:{port}/")]);
            assert!(page.contains("Ciphers supported"), "{page}");
            let marks = marks(&scene, local);
            assert!(!marks.is_empty() && marks.iter().all(|one| *one == mark), "{host}: {marks:?}");
        }
    }
}

/// A key and a certificate that signs itself.
fn certificate(folder: &Path) -> (String, String) {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (key, certificate) = (file("key.pem"), file("certificate.pem"));
    let mut command = Command::new("openssl");
    command.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]);
    command.args(["-subj", "/CN=secure.example.com", "-keyout", &key, "-out", &certificate]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    (key, certificate)
}
