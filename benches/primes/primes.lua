-- The lecture's six numbers, one after the other: loops and integer arithmetic.
local numbers = {
    112272535095293, 112582705942171, 112272535095293,
    115280095190773, 115797848077099, 1099726899285419,
}

local function is_prime(n)
    if n % 2 == 0 then return false end
    for i = 3, math.floor(math.sqrt(n)), 2 do
        if n % i == 0 then return false end
    end
    return true
end

for _, n in ipairs(numbers) do
    print(string.format("%d", n) .. " " .. tostring(is_prime(n)))
end
