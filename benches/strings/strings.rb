# Lines are built from pieces, joined to one text, and taken apart again.
lines = []
200_000.times { |i| lines << "#{i};name #{i % 100};#{i * 3}" }
text = lines.join("\n")
total = 0
text.split("\n").each do |line|
  parts = line.split(";")
  total += parts[0].to_i + parts[1].length
  total += 1 if parts[2].end_with?("7")
end
puts "#{text.length} #{total}"
