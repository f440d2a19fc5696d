# The lecture's pipeline, accum -> mul, with a million numbers.
from queue import Queue
from threading import Thread


def accum(input, output):
    s = 0
    while (p := input.get()) is not None:
        s = (s + p) % 1000003
        output.put(s)
    output.put(None)


def mul(input, output, factor):
    while (p := input.get()) is not None:
        output.put(p * factor)
    output.put(None)


def feed(output):
    for i in range(1_000_000):
        output.put(i)
    output.put(None)


q1, q2, q3 = Queue(), Queue(), Queue()
Thread(target=accum, args=(q1, q2)).start()
Thread(target=mul, args=(q2, q3, 3)).start()
Thread(target=feed, args=(q1,)).start()
total = 0
while (x := q3.get()) is not None:
    total += x
print(total)
