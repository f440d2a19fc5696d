# Two threads count in one variable, under a lock.
from threading import Lock, Thread

n = 0
lock = Lock()


def count(times):
    global n
    for i in range(times):
        with lock:
            n += 1


threads = [Thread(target=count, args=(300_000,)) for _ in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(n)
