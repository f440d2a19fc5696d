# The lecture's six numbers, one after the other: loops and integer arithmetic.
NUMBERS = [
  112272535095293, 112582705942171, 112272535095293,
  115280095190773, 115797848077099, 1099726899285419
].freeze

def prime?(n)
  return false if n.even?

  i = 3
  last = Integer.sqrt(n)
  while i <= last
    return false if (n % i).zero?

    i += 2
  end
  true
end

NUMBERS.each { |n| puts "#{n} #{prime?(n)}" }
