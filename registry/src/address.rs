//! Where a participant's own pages are: a subscriber id is an authority (`host`, on one machine with a port) and, for old ids, a path.

use protocol::ids::SubscriberId;

/// Why an id or a URL cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The id would lead somewhere else, or has a second spelling.
    #[error(
        "a subscriber id is a host name in lower case (for old ids with a path), without scheme, user, `..`, `?` or `#`"
    )]
    Id,
    /// Ports are for closed machines.
    #[error("a subscriber id has no port on an open network: serve it on 443")]
    Port,
    /// The URL lies outside of the participant's own host.
    #[error("it must be a path, or an URL under the subscriber id's own host")]
    Foreign,
}

/// How addresses are made from ids.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// `https`, or `http` on a closed machine.
    pub scheme: &'static str,
    /// Ids may carry a port.
    pub ports: bool,
}

impl Addresses {
    /// Is the id a plain host (and path) that we may call?
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, id: &SubscriberId) -> Result<(), AddressError> {
        let (authority, path) = split(id.as_str());
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let label = |label: &str| {
            let inner = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
            inner && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
        };
        let segment = |segment: &str| {
            let inner = segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
            inner && !segment.is_empty() && segment != "." && segment != ".."
        };
        if !host.split('.').all(label) || !path.is_none_or(|path| path.split('/').all(segment)) {
            return Err(AddressError::Id);
        }
        match port {
            None => Ok(()),
            Some(_) if !self.ports => Err(AddressError::Port),
            Some(port) if port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port) => Ok(()),
            Some(_) => Err(AddressError::Id),
        }
    }

    /// `{scheme}://{subscriber_id}/ondc-site-verification.html`.
    pub fn site_page(&self, id: &SubscriberId) -> String {
        format!("{}://{id}/ondc-site-verification.html", self.scheme)
    }

    /// `{scheme}://{subscriber_id}{callback_path}/on_subscribe`.
    pub fn on_subscribe(&self, id: &SubscriberId, callback_path: &str) -> String {
        format!("{}://{id}{}/on_subscribe", self.scheme, callback_path.trim_end_matches('/'))
    }

    /// The full URL of a path, or of an URL under the same host. Paths lie under the id.
    ///
    /// # Errors
    /// [`AddressError::Foreign`]: the registry sends nobody to a host that was not proved.
    pub fn own_url(&self, id: &SubscriberId, url: &str) -> Result<String, AddressError> {
        let own_host = format!("{}://{}", self.scheme, split(id.as_str()).0);
        let full = match url.strip_prefix('/') {
            Some(path) => format!("{}://{id}/{path}", self.scheme),
            None => url.to_owned(),
        };
        let path = full.strip_prefix(&own_host).ok_or(AddressError::Foreign)?;
        let clean = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%".contains(&b));
        let inside = path.is_empty() || path.starts_with('/');
        if !clean || !inside || path.contains("/..") || path.contains("//") {
            return Err(AddressError::Foreign);
        }
        Ok(full.trim_end_matches('/').to_owned())
    }

    /// The path part of `callback_url`, for the challenge.
    ///
    /// # Errors
    /// As [`Addresses::own_url`].
    pub fn callback_path(&self, id: &SubscriberId, url: &str) -> Result<String, AddressError> {
        if url.is_empty() || url == "/" {
            return Ok(String::new());
        }
        let full = self.own_url(id, url)?;
        let base = format!("{}://{id}", self.scheme);
        full.strip_prefix(&base).map(str::to_owned).ok_or(AddressError::Foreign)
    }
}

fn split(id: &str) -> (&str, Option<&str>) {
    match id.split_once('/') {
        Some((authority, path)) => (authority, Some(path)),
        None => (id, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Addresses = Addresses { scheme: "https", ports: false };
    const CLOSED: Addresses = Addresses { scheme: "http", ports: true };

    fn id(text: &str) -> SubscriberId {
        SubscriberId::parse(text).unwrap()
    }

    #[test]
    fn takes_hosts_and_old_ids_with_a_path() {
        for good in
            ["seller.example.com", "a-b.example.co.in", "pilot-gateway-1.example.org/option1", "x.example.com/ondc/bpp"]
        {
            assert_eq!(OPEN.check(&id(good)), Ok(()), "{good}");
        }
        assert_eq!(OPEN.check(&id("seller.example.com:8443")), Err(AddressError::Port));
        assert_eq!(CLOSED.check(&id("seller.localhost:8082")), Ok(()));
    }

    #[test]
    fn refuses_ids_with_a_second_meaning() {
        let bad = [
            "Seller.example.com",
            "seller.example.com.",
            "user@seller.example.com",
            "https://seller.example.com",
            "a..b",
            "seller.example.com/..",
            "seller.example.com/a//b",
            "seller.example.com/",
            "seller.example.com?x",
            "a.example.com#b",
            "-a.example.com",
            "[::1]",
            "a.example.com:080",
            "a.example.com:0",
            "a.example.com:99999",
            "a%2e.example.com",
        ];
        for bad in bad {
            assert!(CLOSED.check(&id(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn urls_stay_under_the_proved_host() {
        let who = id("seller.example.com");
        let own = |url: &str| OPEN.own_url(&who, url);
        assert_eq!(own("/ondc/").as_deref(), Ok("https://seller.example.com/ondc"));
        assert_eq!(own("/").as_deref(), Ok("https://seller.example.com"));
        assert_eq!(own("https://seller.example.com/network").as_deref(), Ok("https://seller.example.com/network"));
        let foreign = [
            "https://other.example.com/",
            "http://seller.example.com/",
            "https://seller.example.com.evil.example/",
            "//evil.example/x",
            "https://seller.example.com@evil.example/",
            "https://seller.example.com:8443/",
            "/../x",
            "/a?b=c",
            "ondc",
            "/a//b",
        ];
        for foreign in foreign {
            assert_eq!(own(foreign), Err(AddressError::Foreign), "{foreign}");
        }
    }

    #[test]
    fn pages_of_the_proof() {
        let old = id("gateway.example.org/option1");
        assert_eq!(OPEN.site_page(&old), "https://gateway.example.org/option1/ondc-site-verification.html");
        assert_eq!(OPEN.on_subscribe(&old, "/test"), "https://gateway.example.org/option1/test/on_subscribe");
        let here = id("seller.localhost:8082");
        assert_eq!(CLOSED.callback_path(&here, "/network").as_deref(), Ok("/network"));
        assert_eq!(CLOSED.callback_path(&here, "http://seller.localhost:8082/network/").as_deref(), Ok("/network"));
        assert_eq!(CLOSED.callback_path(&here, "/").as_deref(), Ok(""));
        assert_eq!(CLOSED.on_subscribe(&here, ""), "http://seller.localhost:8082/on_subscribe");
    }
}
