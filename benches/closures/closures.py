# Functions that make functions, and map, filter, reduce over them.
from functools import reduce


def adder(n):
    return lambda x: x + n


def compose(f, g):
    return lambda x: f(g(x))


total = 0
for i in range(300_000):
    f = compose(adder(i), adder(1))
    total += f(i)
xs = [i for i in range(1_000_000)]
squares = list(map(lambda x: x * x, xs))
even = list(filter(lambda x: x % 2 == 0, squares))
print(total, reduce(lambda a, b: (a + b) % 1000007, even, 0))
