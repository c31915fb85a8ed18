-- A pushed request is used up. Keys: the request. Answers 1, or 0 if it was gone.
local stood = read(KEYS[1])
redis.call('DEL', KEYS[1])
return stood and 1 or 0
