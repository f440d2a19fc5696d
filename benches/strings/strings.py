# Lines are built from pieces, joined to one text, and taken apart again.
lines = []
for i in range(200_000):
    lines.append(f"{i};name {i % 100};{i * 3}")
text = "\n".join(lines)
total = 0
for line in text.split("\n"):
    parts = line.split(";")
    total += int(parts[0]) + len(parts[1])
    if parts[2].endswith("7"):
        total += 1
print(len(text), total)
