//! The networks of a node, and the link by which this machine reaches them.

use std::process::Command;

use crate::run::run;

/// Nodes of several test processes at once are told apart by a number.
const NUMBERS: u8 = 10;

pub struct Network {
    /// The end of the link that stays on this machine, by its name and its address.
    link: String,
    pub host: String,
    /// The node's end.
    pub node: String,
    pub pods: String,
    /// The first two numbers of the Services' addresses.
    pub services: String,
}

impl Network {
    /// Takes the first free number. The link's name is the lock: the kernel gives it once, and
    /// takes it back when the node's namespace, which holds the other end, has gone.
    pub fn take() -> Self {
        let mut refusals = String::new();
        for number in 0..NUMBERS {
            let link = format!("modstats{number}");
            let far = far(&link);
            match ip(&["link", "add", &link, "type", "veth", "peer", "name", &far]) {
                Ok(()) => {
                    // Until the namespace has the other end, nothing else takes the link away.
                    run().at_end(&format!("ip link delete {link} 2>/dev/null"));
                    return Self {
                        link,
                        host: format!("10.200.{number}.1"),
                        node: format!("10.200.{number}.2"),
                        pods: format!("10.244.{number}.0/24"),
                        services: format!("10.{}", 96 + number),
                    };
                }
                Err(error) => refusals = error,
            }
        }
        panic!("no link of {NUMBERS} is free; `ip link` lists them. {refusals}");
    }

    /// Gives this machine its address, so that servers can listen there.
    pub fn connect(&self) {
        must(&[
            "address",
            "add",
            &format!("{}/24", self.host),
            "dev",
            &self.link,
        ]);
        must(&["link", "set", &self.link, "up"]);
    }

    /// Moves the other end into the namespace of a process, and sends what is for pods and
    /// Services through the link.
    pub fn reach(&self, process: i32) {
        let process = process.to_string();
        let far = far(&self.link);
        must(&["link", "set", &far, "netns", &process, "name", "eth0"]);
        let services = format!("{}.0.0/16", self.services);
        for network in [&self.pods, &services] {
            must(&["route", "add", network, "via", &self.node]);
        }
    }

    pub fn dns(&self) -> String {
        format!("{}.0.10", self.services)
    }
}

fn far(link: &str) -> String {
    format!("{link}p")
}

fn must(arguments: &[&str]) {
    ip(arguments).unwrap_or_else(|error| panic!("{error}"));
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("ip: {error}. Install the package iproute2."));
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "ip {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}
