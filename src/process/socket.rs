//! What the standard library has no call for: to send and receive without waiting, and to wait for
//! one of several.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use smallvec::SmallVec;

/// Writes as much as the socket takes at once.
#[allow(unsafe_code)]
pub fn send_at_once(stream: &UnixStream, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        let rest = &bytes[written..];
        // SAFETY: the socket is open as long as `stream` lives, and `rest` is readable memory.
        let count = unsafe {
            libc::send(
                stream.as_raw_fd(),
                rest.as_ptr().cast(),
                rest.len(),
                libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
            )
        };
        match usize::try_from(count) {
            Ok(count) => written += count,
            Err(_) => {
                let error = io::Error::last_os_error();
                match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::WouldBlock => break,
                    _ => return Err(error),
                }
            }
        }
    }
    Ok(written)
}

/// Reads what is there; `WouldBlock` if nothing is, and 0 at the end.
#[allow(unsafe_code)]
pub fn receive_at_once(stream: &UnixStream, into: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the socket is open as long as `stream` lives, and `into` is writable memory.
    let count = unsafe {
        libc::recv(
            stream.as_raw_fd(),
            into.as_mut_ptr().cast(),
            into.len(),
            libc::MSG_DONTWAIT,
        )
    };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Waits until there is something to read from one of them, which an end is too, and says from
/// which; `None` if that takes too long.
#[allow(unsafe_code)]
pub fn wait_for_any(ends: &[BorrowedFd<'_>], patience: Duration) -> Option<usize> {
    let each = ends.iter().map(|end| libc::pollfd {
        fd: end.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    });
    let mut each: SmallVec<[libc::pollfd; 8]> = each.collect();
    let patience = patience.as_millis().try_into().unwrap_or(libc::c_int::MAX);
    // SAFETY: the descriptors are open as long as they are borrowed, and there are so many.
    let count = unsafe { libc::poll(each.as_mut_ptr(), each.len() as libc::nfds_t, patience) };
    match count {
        0 => None,
        // Who is interrupted looks again.
        _ => Some(
            each.iter()
                .position(|end| end.revents != 0)
                .unwrap_or(ends.len()),
        ),
    }
}
