# One producer, one consumer.
q = Queue.new
Thread.new do
  1_000_000.times { |i| q << i }
  q.close
end
total = 0
while (x = q.pop)
  total += x
end
puts total
