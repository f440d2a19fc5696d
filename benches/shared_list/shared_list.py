# Two threads fill one list.
from threading import Thread

shared = []


def fill(start):
    for i in range(start, start + 300_000):
        shared.append(i)


threads = [Thread(target=fill, args=(0,)), Thread(target=fill, args=(300_000,))]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(len(shared), sum(shared))
