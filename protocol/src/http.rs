//! The one HTTP client: bytes out, capped bytes in. No redirects, no proxy from the environment, no cookies, no decompression.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Url};

use crate::address_guard::{AddressGuard, AddressRefused};

/// Limits of the client.
#[derive(Debug, Clone, Copy)]
pub struct HttpConfig {
    /// For the TCP and TLS handshakes.
    pub connect_timeout: Duration,
    /// For the whole exchange, the body included.
    pub timeout: Duration,
    /// Longest body that is read.
    pub response_bytes_max: usize,
    /// Where it may go.
    pub address_guard: AddressGuard,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            timeout: Duration::from_secs(10),
            response_bytes_max: 1024 * 1024,
            address_guard: AddressGuard::default(),
        }
    }
}

/// The client. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    config: HttpConfig,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// HTTP status.
    pub status: u16,
    /// The whole body, within the limit.
    pub body: Bytes,
    headers: HeaderMap,
}

impl HttpAnswer {
    /// A header's first value, when it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All headers whose values are text.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// `Retry-After` in seconds or as a date, at most one hour.
    pub fn retry_after(&self, now: jiff::Timestamp) -> Option<Duration> {
        let text = self.header("retry-after")?.trim();
        let seconds = match text.parse::<i64>() {
            Ok(seconds) => seconds,
            Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second() - now.as_second(),
        };
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0).min(3600)))
    }
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpSetupError {
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The client library refuses.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpFailure {
    /// No URL, or a header that is none.
    #[error("the request cannot be made: {0}")]
    BadRequest(String),
    /// The guard says no.
    #[error("the destination is refused: {0}")]
    Refused(#[from] AddressRefused),
    /// Nobody there, no such name, or no trusted certificate.
    #[error("no connection: {0}")]
    Connect(String),
    /// No whole answer in time.
    #[error("no answer within the time limit")]
    Timeout,
    /// More than is read.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// The connection broke, or what came is not HTTP.
    #[error("the connection broke: {0}")]
    Broken(String),
}

impl HttpFailure {
    /// May the same request succeed later?
    pub const fn passing(&self) -> bool {
        match self {
            HttpFailure::Connect(_) | HttpFailure::Timeout | HttpFailure::Broken(_) => true,
            HttpFailure::BadRequest(_) | HttpFailure::Refused(_) | HttpFailure::TooLarge(_) => false,
        }
    }
}

impl Http {
    /// Trusts the operating system's certificates (`SSL_CERT_FILE` is honoured). With none, `https` fails and `http` works.
    ///
    /// # Errors
    /// Only when the libraries refuse their own defaults.
    pub fn new(config: HttpConfig) -> Result<Http, HttpSetupError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .dns_resolver(Arc::new(config.address_guard))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .tcp_nodelay(true)
            .user_agent(concat!("haat/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(Duration::from_secs(30));
        #[allow(clippy::disallowed_methods)] // this is the client's one home
        let client = builder.build()?;
        Ok(Http { client, config })
    }

    /// The same client with other limits for the whole exchange.
    #[must_use]
    pub fn with_limits(&self, timeout: Duration, response_bytes_max: usize) -> Http {
        Http { client: self.client.clone(), config: HttpConfig { timeout, response_bytes_max, ..self.config } }
    }

    /// Posts the bytes as `application/json`, unless `headers` says otherwise.
    ///
    /// # Errors
    /// When there is no whole answer within the limits. Any HTTP status is an answer.
    pub async fn post(&self, url: &str, body: Bytes, headers: &[(&str, &str)]) -> Result<HttpAnswer, HttpFailure> {
        self.exchange(Method::POST, url, Some(body), headers).await
    }

    /// Fetches.
    ///
    /// # Errors
    /// As [`Http::post`].
    pub async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Result<HttpAnswer, HttpFailure> {
        self.exchange(Method::GET, url, None, headers).await
    }

    async fn exchange(
        &self,
        method: Method,
        url: &str,
        body: Option<Bytes>,
        headers: &[(&str, &str)],
    ) -> Result<HttpAnswer, HttpFailure> {
        let url = Url::parse(url).map_err(|error| HttpFailure::BadRequest(format!("{url:?} is no URL: {error}")))?;
        self.config.address_guard.check_url(&url)?;
        let mut request = self.client.request(method, url).timeout(self.config.timeout);
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str()));
        if let Some(body) = body {
            if !typed {
                request = request.header(CONTENT_TYPE, "application/json");
            }
            request = request.body(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.map_err(failure)?;
        self.read(answer).await
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<HttpAnswer, HttpFailure> {
        let max = self.config.response_bytes_max;
        if answer.content_length().is_some_and(|length| length > max as u64) {
            return Err(HttpFailure::TooLarge(max));
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > max {
                return Err(HttpFailure::TooLarge(max));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer {
            status: answer.status().as_u16(),
            body: body.freeze(),
            headers: std::mem::take(answer.headers_mut()),
        })
    }
}

/// A configuration of our own value: no provider is installed for the process.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn failure(error: reqwest::Error) -> HttpFailure {
    let mut cause = error.source();
    let mut innermost = error.to_string();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<AddressRefused>() {
            return HttpFailure::Refused(refused.clone());
        }
        innermost = inner.to_string();
        cause = inner.source();
    }
    if error.is_builder() {
        HttpFailure::BadRequest(innermost)
    } else if error.is_timeout() {
        HttpFailure::Timeout
    } else if error.is_connect() {
        HttpFailure::Connect(innermost)
    } else {
        HttpFailure::Broken(innermost)
    }
}
