-- Tells a version, unless a higher one was told and is not forgotten. Keys: what was told. Arguments: version, time to
-- live. Answers the highest, as text: it may have more digits than a number of Lua keeps when it is printed.
local told = read(KEYS[1])
if told and tonumber(told) > tonumber(ARGV[1]) then
  return told
end
write(KEYS[1], ARGV[1], ARGV[2])
return ARGV[1]
