# A bounded queue of 16, one producer, one consumer.
q = SizedQueue.new(16)
Thread.new do
  200_000.times { |i| q << i }
  q.close
end
total = 0
while (x = q.pop)
  total += x
end
puts total
