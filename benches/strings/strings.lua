-- Lines are built from pieces, joined to one text, and taken apart again.
local lines = {}
for i = 0, 199999 do lines[#lines + 1] = i .. ";name " .. i % 100 .. ";" .. i * 3 end
local text = table.concat(lines, "\n")
local total = 0
for line in text:gmatch("[^\n]+") do
    local parts = {}
    for part in line:gmatch("[^;]+") do parts[#parts + 1] = part end
    total = total + tonumber(parts[1]) + #parts[2]
    if parts[3]:sub(-1) == "7" then total = total + 1 end
end
print(#text .. " " .. string.format("%d", total))
