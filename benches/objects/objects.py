# Objects as dicts: fields read and written in a loop.


def particle(i):
    return {"x": i, "y": 2 * i, "dx": 1 + i % 3, "dy": 2 - i % 5}


def move(p):
    p["x"] += p["dx"]
    p["y"] += p["dy"]
    if p["x"] > 1000:
        p["dx"] = -p["dx"]
    if p["y"] < 0:
        p["dy"] = -p["dy"]


particles = [particle(i) for i in range(1000)]
for turn in range(500):
    for p in particles:
        move(p)
total = 0
for p in particles:
    total += p["x"] + p["y"]
print(total)
