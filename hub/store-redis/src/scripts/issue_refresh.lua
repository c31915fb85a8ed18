-- Stores a refresh token behind the name of its grant, if that is in stage R, and prolongs the grant. Keys: token,
-- grant. Arguments: value, time to live. Answers 1, or 0 if there is no such grant.
local grant = read(KEYS[2])
if not grant or string.sub(grant, 1, 1) ~= 'R' then
  return 0
end
write(KEYS[1], KEYS[2] .. ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return 1
