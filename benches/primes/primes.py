# The lecture's six numbers, one after the other: loops and integer arithmetic.
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


def main():
    for n in numbers:
        print(n, "true" if is_prime(n) else "false")


main()
