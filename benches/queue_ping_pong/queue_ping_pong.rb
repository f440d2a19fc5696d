# Two threads, one value back and forth.
ping = Queue.new
pong = Queue.new
Thread.new do
  while (x = ping.pop)
    pong << (x + 1)
  end
end
x = 0
100_000.times do
  ping << x
  x = pong.pop
end
ping.close
puts x
