# Integers of thousands of digits: a power, a factorial, and their digits.
def factorial(n)
  (2..n).reduce(1) { |product, i| product * i }
end

10.times do
  power = (2**20000).to_s
  fact = factorial(3000).to_s
  puts "#{power.length} #{power[0, 10]} #{fact.length} #{fact[0, 10]}"
end
