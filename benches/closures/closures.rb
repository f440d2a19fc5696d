# Functions that make functions, and map, filter, reduce over them.
def adder(n) = ->(x) { x + n }
def compose(f, g) = ->(x) { f.(g.(x)) }

total = 0
300_000.times do |i|
  f = compose(adder(i), adder(1))
  total += f.(i)
end
xs = (0...1_000_000).to_a
squares = xs.map { |x| x * x }
even = squares.select(&:even?)
puts "#{total} #{even.reduce(0) { |a, b| (a + b) % 1000007 }}"
