//! Sinks as their stores see them: `hushlog run` takes records over HTTP and sends them to an emulator,
//! to a server that fails in every way, or to files.
//!
//! Every run has `AWS_ENDPOINT_URL` and the proxy variables set to a port where nobody is: a record that
//! arrives shows that they move none.

pub(crate) mod aws;
mod faults;
mod files;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Far beyond what anything here takes; reached only when the test fails.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running proxy with one source on HTTP.
struct Proxy {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Proxy {
    /// Starts it with these sinks, given as lines of YAML under `sinks:`.
    fn start(sinks: &str) -> Self {
        let mut proxy = Self::spawn(sinks);
        let end = Instant::now() + DEADLINE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port)).is_err() {
            assert!(proxy.child.try_wait().unwrap().is_none() && Instant::now() < end, "{}", proxy.messages());
            sleep(Duration::from_millis(20));
        }
        proxy
    }

    /// Starts it and waits for its end.
    fn refused(sinks: &str) -> (ExitStatus, String) {
        let mut proxy = Self::spawn(sinks);
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = proxy.child.try_wait().unwrap() {
                return (status, proxy.messages());
            }
            assert!(Instant::now() < end, "it runs: {}", proxy.messages());
            sleep(Duration::from_millis(20));
        }
    }

    fn spawn(sinks: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let names: Vec<&str> = sinks.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name).collect();
        let config = format!(
            "region: eu-west-1\nsources:\n  app: {{ type: http, listen: '127.0.0.1:{port}' }}\nsinks:\n{sinks}\nroutes:\n- {{ to: [{}] }}\n",
            names.join(", ")
        );
        fs::write(folder.path().join("hushlog.yaml"), config).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hushlog"));
        command.current_dir(folder.path()).args(["run", "-c", "hushlog.yaml", "--drain-ms", "3000"]);
        command.env("AWS_ACCESS_KEY_ID", "testing").env("AWS_SECRET_ACCESS_KEY", "testing").env("AWS_EC2_METADATA_DISABLED", "true");
        for name in
            ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        {
            command.env(name, "http://127.0.0.1:9").env(name.to_lowercase(), "http://127.0.0.1:9");
        }
        command.stdout(Stdio::null()).stderr(File::create(folder.path().join("messages")).unwrap());
        Self { child: command.spawn().unwrap(), port, folder }
    }

    /// Sends records and returns the status of the answer.
    fn post(&self, body: &str) -> u16 {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        write!(stream, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn messages(&self) -> String {
        fs::read_to_string(self.folder.path().join("messages")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of this machine that nobody listens on.
fn free_port() -> u16 {
    crate::support::proxy::free_port()
}
