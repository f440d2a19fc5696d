# Two threads fill one array.
shared = []
threads = [0, 300_000].map do |start|
  Thread.new { (start...start + 300_000).each { |i| shared << i } }
end
threads.each(&:join)
puts "#{shared.length} #{shared.sum}"
