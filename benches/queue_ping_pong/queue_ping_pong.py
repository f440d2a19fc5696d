# Two threads, one value back and forth.
from queue import SimpleQueue
from threading import Thread

ping, pong = SimpleQueue(), SimpleQueue()


def answer():
    while (x := ping.get()) is not None:
        pong.put(x + 1)


Thread(target=answer).start()
x = 0
for i in range(100_000):
    ping.put(x)
    x = pong.get()
ping.put(None)
print(x)
