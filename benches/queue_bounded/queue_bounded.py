# A bounded queue of 16, one producer, one consumer.
from queue import Queue
from threading import Thread

q = Queue(16)


def produce():
    for i in range(200_000):
        q.put(i)
    q.put(None)


Thread(target=produce).start()
total = 0
while (x := q.get()) is not None:
    total += x
print(total)
