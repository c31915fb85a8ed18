-- A: awaiting consent -> gone; uses the pushed request up, which must still stand. Keys: grant, request. Answers the
-- grant or nil.
local grant = read(KEYS[1])
if not grant or string.sub(grant, 1, 1) ~= 'A' or not read(KEYS[2]) then
  return false
end
redis.call('DEL', KEYS[1], KEYS[2])
return string.sub(grant, 2)
