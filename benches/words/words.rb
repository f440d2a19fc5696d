# How often each word occurs: a hash with strings as keys.
words = []
seed = 7
500_000.times do
  seed = (seed * 1103515245 + 12345) % 2147483648
  words << "w#{seed / 65536 % 5000}"
end
counts = {}
words.each do |word|
  if counts.key?(word)
    counts[word] += 1
  else
    counts[word] = 1
  end
end
most = 0
counts.each { |_, n| most = n if n > most }
puts "#{counts.length} #{most} #{counts['w17']}"
