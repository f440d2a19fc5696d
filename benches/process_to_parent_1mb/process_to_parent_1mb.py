# Messages from a child process to its parent: 1 MB each.
from multiprocessing import Process, Queue

message = "x" * 1_048_576


def produce(q):
    for i in range(100):
        q.put(message)
    q.put(None)


if __name__ == "__main__":
    q = Queue()
    child = Process(target=produce, args=(q,))
    child.start()
    total = 0
    while (x := q.get()) is not None:
        total += len(x)
    child.join()
    print(total)
