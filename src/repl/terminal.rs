//! The terminal itself: how large it is, and that it is left as it was found.

use std::mem::MaybeUninit;
use std::sync::OnceLock;

static FOUND: OnceLock<libc::termios> = OnceLock::new();

/// While a line is edited the terminal is in raw mode. If a task ends the process just then
/// (`exit()`), the terminal is put back into the mode it was found in.
pub fn is_restored_at_exit() {
    let mut mode = MaybeUninit::<libc::termios>::uninit();
    // SAFETY: tcgetattr fills the whole structure when it gives 0.
    let found = unsafe {
        match libc::tcgetattr(libc::STDIN_FILENO, mode.as_mut_ptr()) {
            0 => Some(mode.assume_init()),
            _ => None,
        }
    };
    if let Some(mode) = found
        && FOUND.set(mode).is_ok()
    {
        // SAFETY: `restore` takes nothing and may run at any exit.
        unsafe { libc::atexit(restore) };
    }
}

extern "C" fn restore() {
    if let Some(mode) = FOUND.get() {
        const NO_BRACKETED_PASTE: &[u8] = b"\x1b[?2004l";
        // SAFETY: the mode was given by tcgetattr, and the text is as long as it says.
        unsafe {
            let mut now = MaybeUninit::<libc::termios>::uninit();
            let is_raw = libc::tcgetattr(libc::STDIN_FILENO, now.as_mut_ptr()) == 0
                && now.assume_init().c_lflag & libc::ICANON == 0;
            if is_raw {
                let text = NO_BRACKETED_PASTE;
                libc::write(libc::STDIN_FILENO, text.as_ptr().cast(), text.len());
                libc::tcsetattr(libc::STDIN_FILENO, libc::TCSADRAIN, mode);
            }
        }
    }
}

/// Whether it is one on which a line can be edited.
pub fn can_edit() -> bool {
    let is_dumb = |term: &str| ["dumb", "cons25", "emacs"].contains(&term);
    !std::env::var("TERM").is_ok_and(|term| is_dumb(&term))
}

/// How many columns and rows the terminal has; 80 and 24 if it does not say.
pub fn size() -> (usize, usize) {
    let mut size = MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: TIOCGWINSZ fills the structure, which is valid with zeros too.
    let size = unsafe {
        libc::ioctl(libc::STDOUT_FILENO, libc::TIOCGWINSZ, size.as_mut_ptr());
        size.assume_init()
    };
    match (size.ws_col, size.ws_row) {
        (0, _) | (_, 0) => (80, 24),
        (columns, rows) => (usize::from(columns), usize::from(rows)),
    }
}
