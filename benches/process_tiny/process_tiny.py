# Ten thousand tasks with next to nothing to do, in a pool of processes.
from concurrent.futures import ProcessPoolExecutor


def work(n):
    return n % 7


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        print(sum(pool.map(work, range(10_000))))
