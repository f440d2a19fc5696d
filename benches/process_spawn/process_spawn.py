# From start to done: a process for each empty task, one after the other.
from multiprocessing import Process


def nothing():
    return None


if __name__ == "__main__":
    for i in range(50):
        p = Process(target=nothing)
        p.start()
        p.join()
    print("done")
