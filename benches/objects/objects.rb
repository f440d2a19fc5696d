# Objects as hashes: fields read and written in a loop.
def particle(i) = { x: i, y: 2 * i, dx: 1 + i % 3, dy: 2 - i % 5 }

def move(p)
  p[:x] += p[:dx]
  p[:y] += p[:dy]
  p[:dx] = -p[:dx] if p[:x] > 1000
  p[:dy] = -p[:dy] if p[:y].negative?
end

particles = (0...1000).map { |i| particle(i) }
500.times { particles.each { |p| move(p) } }
puts particles.sum { |p| p[:x] + p[:y] }
