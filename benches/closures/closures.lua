-- Functions that make functions, and map, filter, reduce over them.
local function map(f, xs)
    local ys = {}
    for i = 1, #xs do ys[i] = f(xs[i]) end
    return ys
end

local function filter(f, xs)
    local ys = {}
    for i = 1, #xs do
        if f(xs[i]) then ys[#ys + 1] = xs[i] end
    end
    return ys
end

local function reduce(f, xs, start)
    local value = start
    for i = 1, #xs do value = f(value, xs[i]) end
    return value
end

local function adder(n) return function(x) return x + n end end
local function compose(f, g) return function(x) return f(g(x)) end end

local total = 0
for i = 0, 299999 do
    local f = compose(adder(i), adder(1))
    total = total + f(i)
end
local xs = {}
for i = 0, 999999 do xs[#xs + 1] = i end
local squares = map(function(x) return x * x end, xs)
local even = filter(function(x) return x % 2 == 0 end, squares)
local sum = reduce(function(a, b) return (a + b) % 1000007 end, even, 0)
print(string.format("%d %d", total, sum))
