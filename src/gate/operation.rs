//! The closed list of what one task can do that another can notice.

/// An object with state, for as long as the program runs: a list, map, variable or handle.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId(usize);

impl ObjectId {
    /// As a number, for tables of objects.
    pub fn address(self) -> usize {
        self.0
    }

    /// The identity of something that lives behind a pointer and does not move.
    pub fn of<T>(object: &T) -> ObjectId {
        ObjectId(std::ptr::from_ref(object).addr())
    }
}

/// What programs see numbers of.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Numbered {
    /// `<task #1>`
    Task,
    /// `<future #1>`
    Future,
    /// `<queue #1>`
    Queue,
    /// `<lock #1>`
    Lock,
    /// `<semaphore #1>`
    Semaphore,
    /// `<pool #1>`
    Pool,
}

/// Which part of a list or map.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// The cell of a list.
    Index(usize),
    /// The entry of a map, by the hash of its key.
    Key(u64),
    /// How many there are.
    Length,
    /// Everything.
    All,
}

/// One thing a task is about to do that another task can notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Reads a shared variable.
    ReadVariable(ObjectId),
    /// Writes a shared variable.
    WriteVariable(ObjectId),
    /// Reads a part of a list or map.
    Read(ObjectId, Element),
    /// Writes a part of a list or map.
    Write(ObjectId, Element),
    /// Adds to a queue.
    Put(ObjectId),
    /// Takes from a queue.
    Get(ObjectId),
    /// Closes a queue.
    Close(ObjectId),
    /// Takes from the first of several queues that has something.
    Select(Vec<ObjectId>),
    /// Looks at how many values wait in a queue, or shows it.
    Length(ObjectId),
    /// Takes a lock or a permit.
    Acquire(ObjectId),
    /// Gives back a lock.
    Release(ObjectId),
    /// Gives back a permit of the semaphore with this number.
    Permit(ObjectId, u64),
    /// Forces a promise, a future or a task.
    Force(ObjectId),
    /// Joins a task.
    Join(ObjectId),
    /// Asks whether a promise, future or task has ended, without waiting.
    Poll(ObjectId),
    /// Shows the state of a task, in a word.
    Show(ObjectId),
    /// The value of a promise, or its error, is there.
    Fulfil(ObjectId),
    /// Waits for several futures.
    Wait(Vec<ObjectId>),
    /// Adds to the tasks of a pool, unless it has been shut down.
    Submit(ObjectId),
    /// Notes from now on in which order these tasks end, as the first object.
    Order(ObjectId, Vec<ObjectId>),
    /// Starts a task.
    Start(ObjectId),
    /// Asks a task to stop.
    Cancel(ObjectId),
    /// Ends.
    Finish(ObjectId),
    /// Ends the program at once.
    Exit,
    /// Waits until time has passed.
    Sleep,
    /// Reads the clock.
    Clock,
    /// Draws a random number.
    Random,
    /// Writes to the output.
    Print,
    /// Reads from the input.
    Input,
    /// Touches the world outside: a file, the network.
    Outside,
}

impl Operation {
    /// Whether it never waits, and touches what it is announced with and nothing else.
    pub fn is_plain(&self) -> bool {
        use Operation::*;
        matches!(
            self,
            ReadVariable(_)
                | WriteVariable(_)
                | Read(..)
                | Write(..)
                | Close(_)
                | Length(_)
                | Poll(_)
                | Show(_)
                | Release(_)
                | Fulfil(_)
                | Print
        )
    }
}
