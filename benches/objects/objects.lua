-- Objects as tables: fields read and written in a loop.
local function particle(i) return {x = i, y = 2 * i, dx = 1 + i % 3, dy = 2 - i % 5} end

local function move(p)
    p.x = p.x + p.dx
    p.y = p.y + p.dy
    if p.x > 1000 then p.dx = -p.dx end
    if p.y < 0 then p.dy = -p.dy end
end

local particles = {}
for i = 0, 999 do particles[#particles + 1] = particle(i) end
for _ = 1, 500 do
    for _, p in ipairs(particles) do move(p) end
end
local sum = 0
for _, p in ipairs(particles) do sum = sum + p.x + p.y end
print(sum)
