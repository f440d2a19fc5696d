-- 300,000 pairs, sorted by a key function (table.sort is not stable: the place decides).
local seed = 42
local pairs_ = {}
for i = 0, 299999 do
    -- In two steps, for numbers may be doubles.
    seed = ((seed * 16838) % 2147483648 * 65536 + seed * 20077 + 12345) % 2147483648
    pairs_[#pairs_ + 1] = {i, seed}
end
local function key(pair) return math.floor(pair[2] / 8) end
table.sort(pairs_, function(a, b)
    local x, y = key(a), key(b)
    if x ~= y then return x < y end
    return a[1] < b[1]
end)
print(pairs_[1][1] .. " " .. pairs_[150001][1] .. " " .. pairs_[300000][1])
