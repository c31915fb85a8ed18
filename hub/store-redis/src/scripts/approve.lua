-- A: awaiting consent -> C: code issued; uses the pushed request up, which must still stand. Keys: grant, request.
-- Arguments: time to live. Answers the grant or nil.
local grant = read(KEYS[1])
if not grant or string.sub(grant, 1, 1) ~= 'A' or not read(KEYS[2]) then
  return false
end
local contents = string.sub(grant, 2)
write(KEYS[1], 'C' .. contents, ARGV[1])
redis.call('DEL', KEYS[2])
return contents
