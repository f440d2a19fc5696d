# A million futures at once, then asked in order.
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

total = 0
with ThreadPoolExecutor(cpu_count()) as pool:
    fs = [pool.submit(lambda n: n % 7, n) for n in range(1_000_000)]
    for f in fs:
        total += f.result()
print(total)
