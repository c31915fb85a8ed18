-- Reads a grant in stage R, unless something is replayed. Keys: grant, things seen once. Arguments: times to live.
-- Answers the number of what was replayed, the grant or nil.
local seen = replayed(2, 1)
if seen then
  return seen
end
local grant = read(KEYS[1])
if grant and string.sub(grant, 1, 1) == 'R' then
  return string.sub(grant, 2)
end
return false
