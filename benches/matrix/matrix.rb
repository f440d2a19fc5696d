# The product of two matrices of 120 x 120, as arrays of arrays: nested loops and indexing.
def matrix(n, seed)
  Array.new(n) { |i| Array.new(n) { |j| (i * seed + j * 7) % 10 } }
end

def product(a, b)
  n = a.length
  Array.new(n) do |i|
    Array.new(n) do |j|
      sum = 0
      n.times { |k| sum += a[i][k] * b[k][j] }
      sum
    end
  end
end

n = 120
c = product(matrix(n, 3), matrix(n, 5))
puts "#{c[0][0]} #{c[17][93]} #{c[n - 1][n - 1]}"
