//! What a step touches, and which steps depend on each other.
//!
//! A step is what one task does between two visits to the gate. Two steps of different tasks that
//! stand side by side are *independent* if swapping them changes nothing anyone can notice. What a
//! step has done is only known when it is done (a timed get may have got something or not), so the
//! touches of a step are filled in at its end.
//!
//! | | depends on |
//! | --- | --- |
//! | put | puts of the same queue; not on gets: what a get takes is an [edge](super::history) |
//! | get, the end | gets of the same queue |
//! | close | puts, refused puts and other closes |
//! | look (len, print, a timed get that timed out) | everything that changes the queue |
//! | take (a timed get that got something, select) | everything |
//! | lock | other locks and looks; not on unlock, which is an edge |

/// A thing with state, by the order in which an execution first meets it.
pub type ObjectIndex = u32;

/// Which part of a list or map.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// All of it.
    All,
    /// How many there are.
    Length,
    /// A cell.
    Index(usize),
    /// An entry, by the hash of its key.
    Key(u64),
}

/// What is done to an object.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Reads a part.
    Read(Part),
    /// Writes a part.
    Write(Part),
    /// Adds a value or a permit.
    Put,
    /// Takes the oldest value, or a permit.
    Get,
    /// Sees that a queue is closed and drained.
    End,
    /// Is told that a queue takes no more.
    Refused,
    /// Closes.
    Close,
    /// Closes what is closed.
    CloseAgain,
    /// Notices the state and leaves it as it is.
    Look,
    /// Notices the state and adds.
    TakeIn,
    /// Notices the state and takes.
    TakeOut,
    /// Learns what became of a value handed over.
    Handed,
    /// Takes a lock.
    Lock,
    /// Gives it back.
    Unlock,
    /// Begins to evaluate a promise.
    Claim,
    /// Its value is there.
    Fulfil,
    /// Finds its value.
    Known,
    /// A task begins.
    Begin,
    /// A task ends.
    Finish,
    /// Finds that a task has ended.
    Join,
    /// Shows the state of a task.
    Show,
    /// Asks a task to stop.
    Cancel,
    /// A task looks whether it is to stop.
    Flag,
    /// Takes or leaves a seat of a pool with more futures than seats, or changes who may take one.
    Seat,
    /// One more future of a pool.
    Submit,
    /// One of the futures of a pool has ended.
    Done,
    /// All of them have: the pool is shut down.
    AllDone,
}

/// An object and what is done to it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Touch {
    /// To what.
    pub object: ObjectIndex,
    /// What.
    pub action: Action,
}

/// All a step touches.
pub type Touches = smallvec::SmallVec<[Touch; 2]>;

/// Whether two actions on one object, side by side, depend on each other.
pub fn depends(a: Action, b: Action) -> bool {
    one_way(a, b) || one_way(b, a)
}

fn one_way(a: Action, b: Action) -> bool {
    use Action::*;
    match a {
        Write(part) => match b {
            Read(other) | Write(other) => overlap(part, other),
            _ => false,
        },
        Put => matches!(b, Put | Close | Refused),
        Get => matches!(b, Get | End),
        Close | CloseAgain => {
            matches!(b, Close | CloseAgain) || (a == Close && matches!(b, Refused | Put))
        }
        Look => matches!(
            b,
            Put | Get | Close | Lock | Unlock | Claim | Fulfil | Finish | Cancel
        ),
        TakeIn | TakeOut => !matches!(b, Handed | Refused),
        Lock | Seat => a == b,
        Claim => matches!(b, Claim | Known),
        Show => matches!(b, Begin | Finish | Cancel),
        Cancel => matches!(b, Cancel | Begin | Finish | Flag),
        AllDone => b == Submit,
        _ => false,
    }
}

fn overlap(a: Part, b: Part) -> bool {
    match (a, b) {
        (Part::All, _) | (_, Part::All) => true,
        (a, b) => a == b,
    }
}

/// Whether two steps of different tasks depend on each other.
pub fn steps_depend(a: &[Touch], b: &[Touch]) -> bool {
    a.iter().any(|a| {
        b.iter()
            .any(|b| a.object == b.object && depends(a.action, b.action))
    })
}
