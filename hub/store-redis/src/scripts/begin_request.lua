-- Reads a pushed request and lets it live as long as the login that begins may take. Keys: the request. Arguments: time
-- to live. Answers the value or nil.
local request = read(KEYS[1])
if request and redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return request
