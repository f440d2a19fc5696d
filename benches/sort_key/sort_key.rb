# 300,000 pairs, sorted by a key function.
seed = 42
pairs = []
300_000.times do |i|
  seed = (seed * 1103515245 + 12345) % 2147483648
  pairs << [i, seed]
end
by = pairs.each_with_index.sort_by { |pair, place| [pair[1] / 8, place] }.map(&:first)
puts "#{by[0][0]} #{by[150_000][0]} #{by[299_999][0]}"
