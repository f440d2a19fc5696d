# The six primes of the lecture in a pool of processes.
from concurrent.futures import ProcessPoolExecutor
from math import isqrt

numbers = [
    112272535095293,
    112582705942171,
    112272535095293,
    115280095190773,
    115797848077099,
    1099726899285419,
]


def is_prime(n):
    if n % 2 == 0:
        return False
    for i in range(3, isqrt(n) + 1, 2):
        if n % i == 0:
            return False
    return True


if __name__ == "__main__":
    with ProcessPoolExecutor() as pool:
        for n, prime in zip(numbers, pool.map(is_prime, numbers)):
            print(f"{n} is prime: {str(prime).lower()}")
