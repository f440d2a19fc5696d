# Four producers, four consumers.
from queue import Queue
from threading import Thread

q = Queue()
totals = []


def produce():
    for i in range(100_000):
        q.put(i)


def consume():
    total = 0
    while (x := q.get()) is not None:
        total += x
    totals.append(total)


producers = [Thread(target=produce) for _ in range(4)]
consumers = [Thread(target=consume) for _ in range(4)]
for t in producers + consumers:
    t.start()
for t in producers:
    t.join()
for _ in consumers:
    q.put(None)
for t in consumers:
    t.join()
print(sum(totals))
