# Two threads count in one variable, under a mutex.
n = 0
lock = Mutex.new
threads = Array.new(2) do
  Thread.new { 300_000.times { lock.synchronize { n += 1 } } }
end
threads.each(&:join)
puts n
