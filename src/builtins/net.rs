//! The network: fetch.

use std::io::{self, ErrorKind, Read};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::Uri;

use crate::runtime::limits::Denied;
use crate::runtime::machine::Machine;
use crate::runtime::wait::{deadline, timed_out};
use crate::value::{Failure, Kind, Result, Unwind, Value};

use super::arguments::{expect_string, wrong_value};
use super::files::io_words;
use super::proxy;
use super::{Row, Run};

pub(super) const TABLE: &[Row] = &[Row {
    name: "fetch",
    parameters: "url, timeout = 60",
    doc: "the bytes that a web server gives for an address, within so many seconds; other tasks run meanwhile",
    example: "fn size(url) => len(fetch(url, timeout: 10))\n\
              # An address begins with http:// or https://\n\
              try { size(\"example.com\") } catch e { e.kind }",
    gives: "\"value\"",
    run: Run::Function(fetch),
}];

/// How much of an answer is read at once.
const CHUNK: usize = 64 << 10;

const UNKNOWN_HOST: &str = "there is no host of that name, or no network to ask for it";
const UNSAFE: &str = "there is no safe connection (TLS)";

/// How the system begins to say that a host has no address.
const NO_ADDRESS: &str = "failed to lookup address";

/// Why there is no answer.
enum Trouble {
    /// The server answered, but with this status.
    Status(u16, String),
    /// Anything else.
    Other(Box<ureq::Error>),
    /// The proxy that the environment names.
    Proxy(String),
}

fn fetch(machine: &mut Machine<'_>, arguments: &[Value]) -> Result<Value> {
    machine.runtime.allows(Denied::Net, "fetch")?;
    let url = expect_string("fetch", "url", &arguments[0])?.to_string();
    let uri = address(&url).ok_or_else(|| {
        wrong_value(
            "url",
            &arguments[0],
            format!("fetch cannot read {url:?} as an address"),
        )
        .help("an address begins with http:// or https://, as in http://example.com/")
    })?;
    let deadline = deadline(&arguments[1])?;
    let answer = machine.outside("the network", deadline, move || get(&uri, deadline))?;
    match answer {
        Some(Ok(bytes)) => Ok(Value::Bytes(Arc::new(bytes))),
        Some(Err(trouble)) => Err(told(&url, trouble)),
        None => Err(too_slow(&url)),
    }
}

/// The address, if it is one of the web.
fn address(url: &str) -> Option<Uri> {
    let uri: Uri = url.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    (is_web && has_host).then_some(uri)
}

/// Asks the server and reads its answer. Runs outside of all tasks.
fn get(uri: &Uri, deadline: Option<Instant>) -> std::result::Result<Vec<u8>, Trouble> {
    let agent = agent().map_err(Trouble::Proxy)?;
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    // No time at all is no timeout for the library.
    let left = left.map(|left| left.max(Duration::from_millis(1)));
    let request = agent.get(uri).config().timeout_global(left).build();
    let mut answer = request
        .call()
        .map_err(|error| Trouble::Other(Box::new(error)))?;
    let status = answer.status();
    if status.is_client_error() || status.is_server_error() {
        let reason = status.canonical_reason().unwrap_or_default();
        return Err(Trouble::Status(status.as_u16(), reason.to_owned()));
    }
    read_all(&mut answer.body_mut().as_reader())
        .map_err(|error| Trouble::Other(Box::new(ureq::Error::from(error))))
}

/// Reads to the end. An answer too large for the memory is an error, not the end of the program.
fn read_all(body: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        bytes
            .try_reserve(CHUNK)
            .map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
        let read = body.take(CHUNK as u64).read_to_end(&mut bytes)?;
        if read == 0 {
            return Ok(bytes);
        }
    }
}

/// What makes the connections, and keeps some for the next fetch. Made by the first fetch.
fn agent() -> std::result::Result<&'static Agent, String> {
    static AGENT: OnceLock<std::result::Result<Agent, String>> = OnceLock::new();
    AGENT
        .get_or_init(proxy::agent)
        .as_ref()
        .map_err(String::clone)
}

#[cold]
fn too_slow(url: &str) -> Unwind {
    timed_out("fetch").help(format!(
        "{url} had not answered in full by then; fetch(url, timeout: 300) waits longer"
    ))
}

/// The error that a program sees.
#[cold]
fn told(url: &str, trouble: Trouble) -> Unwind {
    let error = match trouble {
        Trouble::Status(status, reason) => {
            let message = format!("{url} answered {status} {reason}");
            return Failure::error(Kind::Http, message.trim_end()).into();
        }
        Trouble::Proxy(message) => return Failure::error(Kind::Io, message).into(),
        Trouble::Other(error) => error,
    };
    let (kind, words) = words(&error);
    if kind == Kind::Timeout {
        return too_slow(url);
    }
    Failure::error(kind, format!("cannot fetch {url}: {words}")).into()
}

/// The kind of an error, and what went wrong in words a reader understands.
fn words(error: &ureq::Error) -> (Kind, String) {
    use ureq::Error;
    match error {
        Error::Timeout(_) => (Kind::Timeout, String::new()),
        Error::HostNotFound => (Kind::Io, UNKNOWN_HOST.into()),
        Error::ConnectionFailed => (Kind::Io, "no connection to the server".into()),
        Error::TooManyRedirects => (
            Kind::Http,
            "the server sends from one address to the next, more than 10 times".into(),
        ),
        Error::BadUri(_) | Error::Http(_) => (Kind::Value, "that is no address of the web".into()),
        Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::BodyStalled => {
            (Kind::Io, "the answer is not in the form of HTTP".into())
        }
        Error::ConnectProxyFailed(reason) => {
            (Kind::Io, format!("no way through the proxy: {reason}"))
        }
        Error::Tls(_) | Error::Rustls(_) | Error::TlsRequired | Error::Pem(_) => {
            (Kind::Io, format!("{UNSAFE}: {}", innermost(error)))
        }
        Error::Io(error) => io_kind_and_words(error),
        other => (Kind::Io, innermost(other)),
    }
}

fn io_kind_and_words(error: &io::Error) -> (Kind, String) {
    // Errors of the layers above come wrapped in one of input and output.
    if let Some(inner) = error.get_ref().and_then(|it| it.downcast_ref()) {
        return words(inner);
    }
    let words = match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => return (Kind::Timeout, String::new()),
        ErrorKind::OutOfMemory => {
            let words = "there is not enough memory for the answer";
            return (Kind::Memory, words.into());
        }
        ErrorKind::ConnectionRefused => "the connection was refused: no server listens there",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            "the server broke the connection off"
        }
        ErrorKind::UnexpectedEof => "the connection ended before the answer was complete",
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => {
            "there is no way to that host"
        }
        // What TLS cannot make sense of.
        ErrorKind::InvalidData => return (Kind::Io, format!("{UNSAFE}: {error}")),
        _ if error.to_string().starts_with(NO_ADDRESS) => UNKNOWN_HOST,
        _ => return (Kind::Io, io_words(error)),
    };
    (Kind::Io, words.into())
}

/// What the innermost of an error's causes says.
fn innermost(error: &ureq::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
