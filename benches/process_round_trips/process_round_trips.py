# There and back, one message at a time, between a process and its child.
from multiprocessing import Process, Queue


def echo(input, output):
    while (x := input.get()) is not None:
        output.put(x)


if __name__ == "__main__":
    there, back = Queue(), Queue()
    child = Process(target=echo, args=(there, back))
    child.start()
    total = 0
    for i in range(5_000):
        there.put(i)
        total += back.get()
    there.put(None)
    child.join()
    print(total)
