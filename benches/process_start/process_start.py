# From start to done: an empty task in a process that is there already, one after the other.
from concurrent.futures import ProcessPoolExecutor


def nothing():
    return None


if __name__ == "__main__":
    with ProcessPoolExecutor(1) as pool:
        for i in range(2000):
            pool.submit(nothing).result()
    print("done")
