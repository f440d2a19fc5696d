-- The product of two matrices of 120 x 120, as tables of tables: nested loops and indexing.
local function matrix(n, seed)
    local m = {}
    for i = 0, n - 1 do
        local row = {}
        for j = 0, n - 1 do row[j + 1] = (i * seed + j * 7) % 10 end
        m[i + 1] = row
    end
    return m
end

local function product(a, b)
    local n = #a
    local c = {}
    for i = 1, n do
        local row = {}
        for j = 1, n do
            local sum = 0
            for k = 1, n do sum = sum + a[i][k] * b[k][j] end
            row[j] = sum
        end
        c[i] = row
    end
    return c
end

local n = 120
local c = product(matrix(n, 3), matrix(n, 5))
print(c[1][1] .. " " .. c[18][94] .. " " .. c[n][n])
