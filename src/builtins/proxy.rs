//! The way into the network, which may lead through a proxy that the environment names.
//!
//! ```text
//!   http://host/page    http_proxy     GET http://host/page HTTP/1.1    asked of the proxy itself
//!   https://host/page   https_proxy    CONNECT host:443                 then TLS with the server
//! ```
//!
//! Each variable may be in lower or upper case; all_proxy stands in for both, and no_proxy lists
//! hosts that are asked directly. The library knows only the second way, so the first is here: a
//! connection to the proxy that writes the whole address into the first line of each request.

use std::env;
use std::io::ErrorKind;

use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, RustlsConnector,
    TcpConnector, Transport,
};
use ureq::{Agent, Error, Proxy, ProxyProtocol, config::Config};

/// What makes connections, as the environment wants them made; or why that cannot be.
pub fn agent() -> Result<Agent, String> {
    let proxies = Proxies::from_environment(|name| env::var(name).ok())?;
    let config = Config::builder()
        .proxy(proxies.https.clone())
        .http_status_as_error(false)
        .user_agent(concat!("cq/", env!("CARGO_PKG_VERSION")))
        .build();
    let connector = ()
        .chain(PlainConnector {
            proxies: proxies.clone(),
        })
        .chain(ConnectProxyConnector::default())
        .chain(TcpConnector::default())
        .chain(RustlsConnector::default());
    let resolver = ProxyResolver {
        proxies,
        resolver: DefaultResolver::default(),
    };
    Ok(Agent::with_parts(config, connector, resolver))
}

/// The proxies for the two kinds of addresses.
#[derive(Clone, Debug, Default)]
struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
}

impl Proxies {
    fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Proxies, String> {
        let set = |name: &str| {
            variable(name)
                .or_else(|| variable(&name.to_uppercase()))
                .filter(|value| !value.trim().is_empty())
        };
        let except = set("no_proxy").unwrap_or_default();
        let named = |name: &str| match set(name).or_else(|| set("all_proxy")) {
            Some(address) => proxy(address.trim(), &except).map(Some),
            None => Ok(None),
        };
        Ok(Proxies {
            http: named("http_proxy")?,
            https: named("https_proxy")?,
        })
    }

    /// The proxy that an address is asked of directly, without a tunnel.
    fn for_plain(&self, uri: &Uri) -> Option<&Proxy> {
        let proxy = self.http.as_ref()?;
        let is_http = uri.scheme() == Some(&Scheme::HTTP);
        // The way to a proxy is asked for here, too, and it does not lead through a proxy.
        let leads_to = |proxy: &Proxy| {
            Some(proxy.host()) == uri.host() && Some(proxy.port()) == uri.port_u16().or(Some(80))
        };
        let is_proxy = leads_to(proxy) || self.https.as_ref().is_some_and(leads_to);
        (is_http && !is_proxy && !proxy.is_no_proxy(uri)).then_some(proxy)
    }
}

/// Reads the address of a proxy.
fn proxy(address: &str, except: &str) -> Result<Proxy, String> {
    let unusable = |why: &str| format!("cannot use the proxy {address} of the environment: {why}");
    let plain = Proxy::new(address).map_err(|_| unusable("that is no address"))?;
    if plain.protocol() != ProxyProtocol::Http {
        return Err(unusable("only those with http:// are known"));
    }
    let mut proxy = Proxy::builder(ProxyProtocol::Http)
        .host(plain.host())
        .port(plain.port());
    if let Some(name) = plain.username() {
        proxy = proxy.username(name);
    }
    if let Some(password) = plain.password() {
        proxy = proxy.password(password);
    }
    for host in except.split([',', ' ']).filter(|host| !host.is_empty()) {
        let host = host.trim_start_matches('.');
        proxy = proxy.no_proxy(host);
        if !host.starts_with('*') {
            // A name stands for everything below it, too.
            proxy = proxy.no_proxy(&format!(".{host}"));
        }
    }
    proxy.build().map_err(|_| unusable("that is no address"))
}

/// Finds the proxy in place of the host where the proxy is asked: the host's name may be known
/// only there.
#[derive(Debug)]
struct ProxyResolver {
    proxies: Proxies,
    resolver: DefaultResolver,
}

impl Resolver for ProxyResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let asked = self.proxies.for_plain(uri).map_or(uri, Proxy::uri);
        self.resolver.resolve(asked, config, timeout)
    }
}

/// Makes the connections for `http://`: to the host, or to the proxy that is asked for it.
#[derive(Debug)]
struct PlainConnector {
    proxies: Proxies,
}

impl Connector<()> for PlainConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Box<dyn Transport>>, Error> {
        if details.needs_tls() {
            return Ok(None);
        }
        let (resolver, config) = (details.resolver, details.config);
        let direct = ConnectionDetails {
            addrs: resolver.resolve(details.uri, config, details.timeout)?,
            uri: details.uri,
            config,
            request_level: details.request_level,
            resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let Some(connection) = TcpConnector::default().connect(&direct, None::<()>)? else {
            return Ok(None);
        };
        let connection = connection.boxed();
        Ok(Some(match self.proxies.for_plain(details.uri) {
            None => connection,
            Some(proxy) => Box::new(WholeAddresses {
                origin: format!(
                    "http://{}",
                    details.uri.authority().map_or("", |it| it.as_str())
                ),
                credentials: credentials(proxy),
                connection,
            }),
        }))
    }
}

/// A connection to a proxy that is asked for `http://` addresses.
#[derive(Debug)]
struct WholeAddresses {
    /// What comes before the path in the first line of a request.
    origin: String,
    /// The line that names the user of the proxy, if it has any.
    credentials: String,
    connection: Box<dyn Transport>,
}

impl Transport for WholeAddresses {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    /// `GET /page HTTP/1.1` becomes `GET http://host/page HTTP/1.1`.
    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        const METHOD: &[u8] = b"GET ";
        let output = self.connection.buffers().output();
        if !output[..amount].starts_with(b"GET /") {
            return self.connection.transmit_output(amount, timeout);
        }
        let amount =
            insert(output, amount, METHOD.len(), self.origin.as_bytes()).ok_or_else(too_long)?;
        let end_of_line = output[..amount].windows(2).position(|two| two == b"\r\n");
        let next_line = end_of_line.map_or(amount, |at| at + 2);
        let amount =
            insert(output, amount, next_line, self.credentials.as_bytes()).ok_or_else(too_long)?;
        self.connection.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.connection.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.connection.is_open()
    }
}

fn too_long() -> Error {
    Error::Io(ErrorKind::InvalidInput.into())
}

/// Inserts `new` at a place of the first `amount` bytes; gives how many there are then, `None` if
/// they do not fit.
fn insert(output: &mut [u8], amount: usize, at: usize, new: &[u8]) -> Option<usize> {
    let longer = amount + new.len();
    if longer > output.len() {
        return None;
    }
    output.copy_within(at..amount, at + new.len());
    output[at..at + new.len()].copy_from_slice(new);
    Some(longer)
}

/// `Proxy-Authorization: …` with its line end, if the proxy's address names a user.
fn credentials(proxy: &Proxy) -> String {
    let (Some(name), password) = (proxy.username(), proxy.password().unwrap_or_default()) else {
        return String::new();
    };
    let both = base64(format!("{name}:{password}").as_bytes());
    format!("Proxy-Authorization: Basic {both}\r\n")
}

/// Three bytes as four letters.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for letter in 0..4 {
            text.push(match letter <= three.len() {
                true => char::from(LETTERS[(bits >> (18 - 6 * letter) & 63) as usize]),
                false => '=',
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, String> {
        Proxies::from_environment(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| value.to_string())
        })
    }

    fn asked(proxies: &Proxies, uri: &str) -> Option<u16> {
        proxies.for_plain(&uri.parse().unwrap()).map(Proxy::port)
    }

    #[test]
    fn each_kind_of_address_has_its_variable() {
        let both = proxies(&[("HTTP_PROXY", "http://a:1"), ("https_proxy", "b:2")]).unwrap();
        assert_eq!(asked(&both, "http://x/"), Some(1));
        assert_eq!(asked(&both, "https://x/"), None);
        assert_eq!(asked(&both, "http://b:2/"), None);
        assert_eq!(both.https.map(|proxy| proxy.port()), Some(2));
        let all = proxies(&[("all_proxy", "http://a:1")]).unwrap();
        assert_eq!(asked(&all, "http://x/"), Some(1));
        assert!(proxies(&[("all_proxy", "socks5://a:1")]).is_err());
        assert!(proxies(&[("http_proxy", " ")]).unwrap().http.is_none());
    }

    #[test]
    fn hosts_of_no_proxy_are_asked_directly() {
        let some = proxies(&[
            ("http_proxy", "http://a:1"),
            ("no_proxy", "localhost, .local,example.org"),
        ])
        .unwrap();
        assert_eq!(asked(&some, "http://localhost:8000/"), None);
        assert_eq!(asked(&some, "http://printer.local/"), None);
        assert_eq!(asked(&some, "http://www.example.org/"), None);
        assert_eq!(asked(&some, "http://notexample.org/"), Some(1));
    }

    #[test]
    fn requests_are_rewritten_in_place() {
        let mut output = [0; 64];
        output[..7].copy_from_slice(b"GET /\r\n");
        let amount = insert(&mut output, 7, 4, b"http://x").unwrap();
        assert_eq!(&output[..amount], b"GET http://x/\r\n");
        assert!(insert(&mut output, 60, 0, b"12345").is_none());
    }

    #[test]
    fn base64_pads() {
        assert_eq!(base64(b"user:pass"), "dXNlcjpwYXNz");
        assert_eq!(base64(b"ab"), "YWI=");
        assert_eq!(base64(b"a"), "YQ==");
    }
}
