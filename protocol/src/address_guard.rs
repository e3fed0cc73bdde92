//! Where a message may be sent. A URL in the registry is a stranger's text: without a guard it could name this machine's own services.
//!
//! Names are resolved once and the same addresses are connected to, so a name cannot change between check and use.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddressGuard {
    /// Loopback, private and link-local addresses, and plain `http`. For one machine and for tests; never in production.
    pub allow_private: bool,
}

/// Why a destination is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefused {
    /// It cannot be read.
    #[error("it is no URL: {0}")]
    NotAUrl(String),
    /// Neither http nor https.
    #[error("scheme {0:?} is not https")]
    Scheme(String),
    /// Plain http on an open network.
    #[error("plain http is refused: use https, or set danger_allow_private_addresses on a closed machine")]
    PlainHttp,
    /// No host, or a user name in the URL.
    #[error("the URL has no plain host name")]
    Host,
    /// An address that is not on the public internet.
    #[error("{host} is {address}, not a public address: set danger_allow_private_addresses on a closed machine")]
    Private {
        /// As given.
        host: String,
        /// What it is.
        address: IpAddr,
    },
}

impl AddressGuard {
    /// [`check_url`](Self::check_url) for a text that a person typed.
    ///
    /// # Errors
    /// Also when it is no URL.
    pub fn check_text(&self, url: &str) -> Result<(), AddressRefused> {
        let url = Url::parse(url).map_err(|error| AddressRefused::NotAUrl(error.to_string()))?;
        self.check_url(&url)
    }

    /// Checks what can be seen without resolving: the scheme, a literal address, a `localhost` name.
    ///
    /// # Errors
    /// The first rule that the URL breaks.
    pub fn check_url(&self, url: &Url) -> Result<(), AddressRefused> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_private => {}
            "http" => return Err(AddressRefused::PlainHttp),
            other => return Err(AddressRefused::Scheme(other.to_owned())),
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(AddressRefused::Host)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressRefused::Host);
        }
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
        let address = literal.or_else(|| is_localhost(host).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        match address {
            Some(address) => self.check_address(host, address),
            None => Ok(()),
        }
    }

    fn check_address(&self, host: &str, address: IpAddr) -> Result<(), AddressRefused> {
        if self.allow_private || is_public(address) {
            return Ok(());
        }
        Err(AddressRefused::Private { host: host.to_owned(), address })
    }
}

impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = *self;
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<IpAddr> = if is_localhost(host) {
                vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]
            } else {
                tokio::net::lookup_host((host, 0)).await?.map(|socket| socket.ip()).collect()
            };
            for address in &found {
                guard.check_address(host, *address)?;
            }
            Ok(Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

/// RFC 6761: `localhost` and every name under it are this machine, whatever a resolver says.
fn is_localhost(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// On the public internet, as the IANA special-purpose registries see it.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match (a, b, c) {
        (0 | 10 | 127, _, _) => true, // this network, private, loopback
        (100, 64..=127, _) => true,   // carrier NAT
        (169, 254, _) | (172, 16..=31, _) | (192, 168, _) => true, // link-local (metadata services), private
        (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) => true, // protocol assignments, documentation
        (192, 88, 99) | (198, 18 | 19, _) => true, // 6to4 relays, benchmarks
        (224..=255, _, _) => true,    // multicast, reserved, broadcast
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let part = ip.segments();
    let last_v4 = Ipv4Addr::from(((u32::from(part[6])) << 16) | u32::from(part[7]));
    match part {
        [0, 0, 0, 0, 0, 0 | 0xffff, _, _] => {
            ip != Ipv6Addr::UNSPECIFIED && ip != Ipv6Addr::LOCALHOST && is_public_v4(last_v4)
        }
        [0x64, 0xff9b, 0, 0, 0, 0, _, _] => is_public_v4(last_v4), // NAT64
        [0x2002, high, low, ..] => is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))), // 6to4
        [0x2001, 0, ..] | [0x2001, 0xdb8, ..] => false,            // Teredo, documentation
        [first, ..] => first & 0xe000 == 0x2000,                   // global unicast; all the rest is special
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strict(url: &str) -> Result<(), AddressRefused> {
        AddressGuard::default().check_url(&Url::parse(url).unwrap())
    }

    #[test]
    fn refuses_what_is_not_public() {
        let urls = [
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://10.1.2.3/",
            "https://172.31.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
            "https://[ff02::1]/",
            "https://localhost/",
            "https://seller.localhost:8082/",
            "https://LOCALHOST./",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
        ];
        for url in urls {
            assert!(matches!(strict(url), Err(AddressRefused::Private { .. })), "{url}");
            assert_eq!(AddressGuard { allow_private: true }.check_url(&Url::parse(url).unwrap()), Ok(()), "{url}");
        }
    }

    #[tokio::test]
    async fn names_are_judged_by_what_they_resolve_to() {
        let resolve = |guard: AddressGuard| guard.resolve("a.localhost".parse().unwrap());
        let found: Vec<_> = resolve(AddressGuard { allow_private: true }).await.unwrap().collect();
        assert_eq!(found, ["127.0.0.1:0".parse().unwrap()]);
        let refused = resolve(AddressGuard::default()).await.err().unwrap();
        assert!(refused.downcast_ref::<AddressRefused>().is_some());
    }

    #[test]
    fn takes_public_https_only() {
        for url in
            ["https://seller.example.com/ondc", "https://1.1.1.1/", "https://[2606:4700::1111]/", "https://172.32.0.1/"]
        {
            assert_eq!(strict(url), Ok(()), "{url}");
        }
        assert_eq!(strict("http://seller.example.com/"), Err(AddressRefused::PlainHttp));
        assert_eq!(strict("ftp://seller.example.com/"), Err(AddressRefused::Scheme("ftp".to_owned())));
        assert_eq!(strict("https://user:secret@seller.example.com/"), Err(AddressRefused::Host));
    }
}
