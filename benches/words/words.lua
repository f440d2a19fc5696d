-- How often each word occurs: a table with strings as keys.
local words = {}
local seed = 7
for i = 1, 500000 do
    -- In two steps, for numbers may be doubles.
    seed = ((seed * 16838) % 2147483648 * 65536 + seed * 20077 + 12345) % 2147483648
    words[#words + 1] = "w" .. math.floor(seed / 65536) % 5000
end
local counts = {}
for _, word in ipairs(words) do
    if counts[word] then counts[word] = counts[word] + 1 else counts[word] = 1 end
end
local different, most = 0, 0
for _, n in pairs(counts) do
    different = different + 1
    if n > most then most = n end
end
print(different .. " " .. most .. " " .. counts["w17"])
