# How often each word occurs: a dict with strings as keys.
words = []
seed = 7
for i in range(500_000):
    seed = (seed * 1103515245 + 12345) % 2147483648
    words.append(f"w{seed // 65536 % 5000}")
counts = {}
for word in words:
    if word in counts:
        counts[word] += 1
    else:
        counts[word] = 1
most = 0
for word, n in counts.items():
    if n > most:
        most = n
print(len(counts), most, counts["w17"])
