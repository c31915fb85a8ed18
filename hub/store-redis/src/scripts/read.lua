-- Reads a value. Keys: the thing. Answers the value or nil.
return read(KEYS[1])
