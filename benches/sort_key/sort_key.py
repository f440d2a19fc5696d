# 300,000 pairs, sorted by a key function.
seed = 42
pairs = []
for i in range(300_000):
    seed = (seed * 1103515245 + 12345) % 2147483648
    pairs.append([i, seed])
by = sorted(pairs, key=lambda pair: pair[1] // 8)
print(by[0][0], by[150_000][0], by[299_999][0])
