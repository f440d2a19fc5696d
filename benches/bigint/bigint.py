# Integers of thousands of digits: a power, a factorial, and their digits.
import sys

sys.set_int_max_str_digits(0) if hasattr(sys, "set_int_max_str_digits") else None


def factorial(n):
    product = 1
    for i in range(2, n + 1):
        product *= i
    return product


for _ in range(10):
    power = str(2**20000)
    fact = str(factorial(3000))
    print(len(power), power[0:10], len(fact), fact[0:10])
