-- The sieve over closures, to the 2000th prime: every prime filters what is left. (Chains of
-- coroutines may be about 200 deep only.)
local function ints(n)
    return function()
        n = n + 1
        return n - 1
    end
end

local function sift(p, s)
    return function()
        local n = s()
        while n % p == 0 do n = s() end
        return n
    end
end

local s = ints(2)
local p
for _ = 1, 2000 do
    p = s()
    s = sift(p, s)
end
print(p)
