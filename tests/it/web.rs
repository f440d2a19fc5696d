//! A little web for the tests: an HTTP proxy on loopback that answers for every host itself.
//!
//! ```text
//! cq --http_proxy--> [ web ]   www.cnn.com             28442 bytes
//!                              some-made-up-domain.com 502: no such host
//!                              europa.wsj.com          slow: answers when all others have asked
//! ```
//!
//! So the lecture's scripts run as they are, without the real network. The slow host shows
//! whether requests overlap without any clock: it waits for *events* (the other requests), with
//! a time limit only so that a program that asks one after the other goes on.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

/// The pages of this web.
const PAGES: [(&str, usize); 4] = [
    ("www.foxnews.com", 13901),
    ("www.cnn.com", 28442),
    (SLOW, 3417),
    ("www.bbc.co.uk", 51220),
];

/// Answers only when all others have asked, or after `patience`.
const SLOW: &str = "europa.wsj.com";

/// Known to no name server.
const UNKNOWN: &str = "some-made-up-domain.com";

/// The running web.
pub struct Web {
    address: String,
    traffic: Arc<Traffic>,
}

/// What has been asked so far.
struct Traffic {
    patience: Duration,
    counts: Mutex<Counts>,
    changed: Condvar,
}

/// How many requests there were.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// The hosts asked for, in the order of the requests.
    pub asked: Vec<String>,
    /// Unanswered right now.
    pub in_flight: usize,
    /// The most that were unanswered at the same time.
    pub most_in_flight: usize,
    /// Requests that came from others while the slow host was thinking.
    pub during_the_slow_one: usize,
    slow_is_thinking: bool,
}

impl Web {
    /// Opens it; the slow host waits at most this long for the others.
    pub fn open(patience: Duration) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let traffic = Arc::new(Traffic {
            patience,
            counts: Mutex::default(),
            changed: Condvar::new(),
        });
        let served = traffic.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let traffic = served.clone();
                // A client that goes away in the middle is its own affair.
                thread::spawn(move || drop(serve(&stream, &traffic)));
            }
        });
        Web { address, traffic }
    }

    /// For the variable `http_proxy`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What has been asked by now.
    pub fn counts(&self) -> Counts {
        self.traffic.counts.lock().expect("not poisoned").clone()
    }
}

/// Answers the requests of one connection.
fn serve(stream: &TcpStream, traffic: &Traffic) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut header = String::new();
        while reader.read_line(&mut header)? > 2 {
            header.clear();
        }
        let host = host_of(&request);
        traffic.begin(&host);
        let (status, body) = traffic.answer(&host);
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        // It counts as answered before the client can know, so counts read later are final.
        traffic.end();
        (&mut &*stream).write_all(head.as_bytes())?;
        (&mut &*stream).write_all(&body)?;
    }
}

/// `GET http://www.cnn.com/ HTTP/1.1` asks a proxy for `www.cnn.com`.
fn host_of(request: &str) -> String {
    let url = request.split(' ').nth(1).unwrap_or("");
    let after = url.strip_prefix("http://").unwrap_or("");
    after.split('/').next().unwrap_or("").to_owned()
}

impl Traffic {
    fn begin(&self, host: &str) {
        let mut counts = self.counts.lock().expect("not poisoned");
        counts.asked.push(host.to_owned());
        counts.in_flight += 1;
        counts.most_in_flight = counts.most_in_flight.max(counts.in_flight);
        if counts.slow_is_thinking {
            counts.during_the_slow_one += 1;
        }
        self.changed.notify_all();
    }

    fn end(&self) {
        self.counts.lock().expect("not poisoned").in_flight -= 1;
    }

    fn answer(&self, host: &str) -> (&'static str, Vec<u8>) {
        if host == SLOW {
            self.think();
        }
        match PAGES.iter().find(|(name, _)| *name == host) {
            Some((_, size)) => ("200 OK", vec![b'x'; *size]),
            None if host == UNKNOWN => ("502 Bad Gateway", b"no such host\n".to_vec()),
            None => ("404 Not Found", b"no such page\n".to_vec()),
        }
    }

    /// Until all five hosts have been asked.
    fn think(&self) {
        let mut counts = self.counts.lock().expect("not poisoned");
        counts.slow_is_thinking = true;
        let (mut counts, _) = self
            .changed
            .wait_timeout_while(counts, self.patience, |counts| {
                counts.asked.len() < PAGES.len() + 1
            })
            .expect("not poisoned");
        counts.slow_is_thinking = false;
    }
}
