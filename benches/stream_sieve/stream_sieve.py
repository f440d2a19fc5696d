# The sieve over generators, to the 2000th prime: every prime filters what is left.
import sys
from itertools import count, islice

sys.setrecursionlimit(10_000)


def sift(p, s):
    for n in s:
        if n % p != 0:
            yield n


def sieve(s):
    while True:
        p = next(s)
        yield p
        s = sift(p, s)


print(next(islice(sieve(count(2)), 1999, None)))
