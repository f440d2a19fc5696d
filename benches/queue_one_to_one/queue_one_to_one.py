# One producer, one consumer.
from queue import Queue
from threading import Thread

q = Queue()


def produce():
    for i in range(1_000_000):
        q.put(i)
    q.put(None)


Thread(target=produce).start()
total = 0
while (x := q.get()) is not None:
    total += x
print(total)
