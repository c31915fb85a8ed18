-- Stores a login, if its pushed request still stands. Keys: login, request. Arguments: value, time to live. Answers 1, or
-- 0 if the request is gone.
if not read(KEYS[2]) then
  return 0
end
write(KEYS[1], ARGV[1], ARGV[2])
return 1
