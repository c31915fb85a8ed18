-- Takes a value away. Keys: the thing. Answers the value or nil.
local value = read(KEYS[1])
redis.call('DEL', KEYS[1])
return value
