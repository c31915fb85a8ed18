-- Stores a value. Keys: the thing. Arguments: value, time to live.
write(KEYS[1], ARGV[1], ARGV[2])
return 'OK'
