-- C: code issued -> R: redeemed; R -> gone (RFC 6749 §4.1.2); unless something is replayed. Keys: grant, things seen
-- once. Arguments: time to live, times to live. Answers the number of what was replayed, the grant, 'AGAIN' as
-- a status, or nil.
local seen = replayed(2, 2)
if seen then
  return seen
end
local grant = read(KEYS[1])
if not grant then
  return false
end
local stage = string.sub(grant, 1, 1)
if stage == 'C' then
  local contents = string.sub(grant, 2)
  write(KEYS[1], 'R' .. contents, ARGV[1])
  return contents
end
if stage == 'R' then
  redis.call('DEL', KEYS[1])
  return redis.status_reply('AGAIN')
end
return false
