# Many small futures, started in rows of a thousand and asked in order.
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count


def work(n):
    return n % 7


total = 0
with ThreadPoolExecutor(cpu_count()) as pool:
    for row in range(200):
        fs = [pool.submit(work, n) for n in range(1000)]
        for f in fs:
            total += f.result()
print(total)
