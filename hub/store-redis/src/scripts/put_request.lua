-- Stores a pushed request, unless something is replayed. Keys: the request, things seen once. Arguments: value, time
-- to live, times to live. Answers the number of what was replayed, or 'OK'.
local seen = replayed(2, 3)
if seen then
  return seen
end
write(KEYS[1], ARGV[1], ARGV[2])
return 'OK'
