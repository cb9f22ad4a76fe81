//! Who asks: the address at the other end, or the one that a trusted proxy names.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Proxies whose word counts: those of these networks, and of the same machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no network of proxies; give addresses or networks with commas between them, such as 10.0.0.0/8,fd00::/8"
)]
pub struct TrustedProxiesError(String);

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(text: &str) -> Result<TrustedProxies, TrustedProxiesError> {
        let network = |part: &str| {
            let network = part.parse::<IpNet>();
            let network = network.or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| TrustedProxiesError(part.to_owned()))
        };
        let parts = text.split(',').map(str::trim);
        let parts = parts.filter(|part| !part.is_empty());
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    fn contains(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.0.iter().any(|network| network.contains(&address))
    }
}

/// One client, as far as it can be told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client(IpAddr);

impl Client {
    /// Whoever has an address of IPv6 has all 2⁶⁴ of its network.
    pub fn new(address: IpAddr) -> Client {
        Client(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                // So the own machine stays itself.
                match address.is_loopback() {
                    true => IpAddr::V6(address),
                    false => IpAddr::V6(Ipv6Addr::from(network)),
                }
            }
            address => address,
        })
    }

    /// A program on the same machine, or a browser.
    pub fn is_local(&self) -> bool {
        self.0.is_loopback()
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub client: Client,
    /// A trusted proxy says that it came by TLS.
    pub by_tls: bool,
}

impl Origin {
    /// The nearest address that is no trusted proxy. What stands before it in the header, its
    /// client may have made up.
    pub fn of(peer: SocketAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> Origin {
        let mut nearest = peer.ip().to_canonical();
        if !trusted.contains(nearest) {
            return Origin {
                client: Client::new(nearest),
                by_tls: false,
            };
        }
        for entry in from_the_last(headers, &FORWARDED_FOR) {
            let Some(address) = address(entry) else { break };
            nearest = address;
            if !trusted.contains(nearest) {
                break;
            }
        }
        let scheme = from_the_last(headers, &FORWARDED_PROTO).next();
        Origin {
            client: Client::new(nearest),
            by_tls: scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
        }
    }
}

/// The values of a header that is a list.
fn from_the_last<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().rev();
    lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',').map(str::trim))
}

/// With or without a port.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok();
    let address = address.or_else(|| entry.parse().ok().map(|at: SocketAddr| at.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> Client {
        let trusted = "10.0.0.0/8, 192.0.2.7,2001:db8:f::/48".parse().unwrap();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
        Origin::of(peer, &headers, &trusted).client
    }

    fn at(address: &str) -> Client {
        Client(address.parse().unwrap())
    }

    #[test]
    fn only_trusted_proxies_name_their_clients() {
        let forged = ["1.1.1.1", "203.0.113.5"];
        assert_eq!(client("198.51.100.9", &forged), at("198.51.100.9"));
        assert_eq!(client("10.1.2.3", &forged), at("203.0.113.5"));
        assert_eq!(client("127.0.0.1", &forged), at("203.0.113.5"));
        assert_eq!(client("::ffff:10.1.2.3", &forged), at("203.0.113.5"));
        assert_eq!(client("10.1.2.3", &[]), at("10.1.2.3"));
    }

    #[test]
    fn of_a_chain_the_nearest_untrusted_address_counts() {
        for (chain, nearest) in [
            (&["1.1.1.1, 203.0.113.5, 192.0.2.7"][..], "203.0.113.5"),
            (
                &["1.1.1.1", "203.0.113.5", "192.0.2.7, 10.9.9.9"],
                "203.0.113.5",
            ),
            (&["10.0.0.1,10.0.0.2"], "10.0.0.1"),
            (&["1.1.1.1, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["1.1.1.1, ,"], "10.1.2.3"),
            (&["203.0.113.5:443"], "203.0.113.5"),
            (&["[2001:db8:1:2:3::4]:443"], "2001:db8:1:2::"),
            (&["2001:db8:1:2:3::4"], "2001:db8:1:2::"),
            (&["2001:db8:1:2:3::4, 2001:db8:f::1"], "2001:db8:1:2::"),
            (&["::ffff:203.0.113.5"], "203.0.113.5"),
        ] {
            assert_eq!(client("10.1.2.3", chain), at(nearest), "{chain:?}");
        }
    }

    #[test]
    fn neighbours_in_ipv6_are_one_client_and_the_own_machine_is_another() {
        let of = |address: &str| Client::new(address.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert!(of("::1").is_local() && of("127.0.0.9").is_local());
        assert_ne!(of("::1"), of("::2"));
        assert!(!of("::2").is_local());
    }

    #[test]
    fn tls_counts_by_a_trusted_proxys_word_alone() {
        let trusted = "10.0.0.0/8".parse().unwrap();
        for (peer, line, by_tls) in [
            ("10.0.0.1", "https", true),
            ("10.0.0.1", "http, HTTPS", true),
            ("10.0.0.1", "https, http", false),
            ("10.0.0.1", "", false),
            ("203.0.113.5", "https", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_PROTO, line.parse().unwrap());
            let peer = SocketAddr::new(peer.parse().unwrap(), 1);
            let origin = Origin::of(peer, &headers, &trusted);
            assert_eq!(origin.by_tls, by_tls, "{peer} {line:?}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused_by_name() {
        assert_eq!("".parse(), Ok(TrustedProxies::default()));
        for (text, part) in [
            ("10.0.0.0/8,ingress", "ingress"),
            ("10.0.0.0/33", "10.0.0.0/33"),
        ] {
            let error = text.parse::<TrustedProxies>().unwrap_err().to_string();
            assert!(error.contains(&format!("{part:?}")), "{error}");
        }
    }
}
