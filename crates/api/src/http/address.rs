//! Where a request comes from. Behind a load balancer every connection comes from the balancer, which says in a header
//! for whom it asks; only balancers that the settings name are believed, because anybody can send that header.

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use actix_web::http::header::X_FORWARDED_FOR;
use actix_web::{HttpRequest, web};
use anyhow::{Context, Error, Result, ensure};

/// The balancers that are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Reads a list such as `10.0.0.0/8, 192.168.1.7`.
    pub fn parse(list: &str) -> Result<Self> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(str::parse).collect::<Result<_>>().map(Self).context("ZHIYIN_TRUSTED_PROXIES")
    }

    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }

    /// Walks back along the chain: the first address that is not one of ours is the client's. What stands before it
    /// was written by the client.
    fn client<'a>(&self, peer: IpAddr, chain: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer;
        for entry in chain.rev() {
            let Ok(address) = entry.trim().parse() else { break };
            if !self.trust(client) {
                break;
            }
            client = address;
        }
        client
    }
}

/// The address of the client, for rate limits and the list of sessions.
pub fn client_address(request: &HttpRequest) -> IpAddr {
    let unknown = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    let peer = request.peer_addr().map_or(unknown, |peer| peer.ip().to_canonical());
    let headers = request.headers().get_all(X_FORWARDED_FOR).filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = headers.flat_map(|value| value.split(',')).collect();
    match request.app_data::<web::Data<Proxies>>() {
        Some(proxies) => proxies.client(peer, chain.into_iter()),
        None => peer,
    }
}

/// Addresses that begin with the same bits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().with_context(|| format!("{text:?} is not an address"))?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(all), str::parse).with_context(|| format!("{text:?} is not a network"))?;
        ensure!(bits <= all, "{text:?} has more than {all} bits");
        Ok(Self { address, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, chain: &str) -> String {
        let proxies = Proxies::parse(proxies).expect("a list");
        proxies.client(peer.parse().expect("an address"), chain.split(',')).to_string()
    }

    #[test]
    fn a_stranger_cannot_name_another_address() {
        assert_eq!(client("", "203.0.113.9", "10.0.0.1"), "203.0.113.9");
        assert_eq!(client("10.0.0.0/8", "203.0.113.9", "10.0.0.1"), "203.0.113.9");
    }

    #[test]
    fn what_a_client_wrote_before_our_proxies_does_not_count() {
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", "1.1.1.1, 203.0.113.9"), "203.0.113.9");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", "1.1.1.1, 203.0.113.9, 10.0.0.3"), "203.0.113.9");
        assert_eq!(client("10.0.0.0/8", "10.0.0.2", "203.0.113.9, nonsense"), "10.0.0.2");
    }

    #[test]
    fn networks_of_both_kinds_are_read() {
        assert_eq!(client("fd00::/8", "fd00::1", "2001:db8::7"), "2001:db8::7");
        assert_eq!(client("192.168.1.7", "192.168.1.8", "203.0.113.9"), "192.168.1.8");
        for wrong in ["10.0.0.0/33", "localhost", "10.0.0.0/x", "::/129"] {
            assert!(Proxies::parse(wrong).is_err(), "{wrong}");
        }
        assert!(Proxies::parse("0.0.0.0/0").expect("all").trust(IpAddr::from([9, 9, 9, 9])));
    }
}
