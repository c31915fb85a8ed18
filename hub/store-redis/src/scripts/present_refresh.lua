-- Reads a refresh token and its grant, if they belong together and the grant is in stage R, unless something is
-- replayed. Keys: token, grant, things seen once. Arguments: times to live. Answers the number of what was replayed,
-- both, or nil.
local seen = replayed(3, 1)
if seen then
  return seen
end
local token = read(KEYS[1])
local grant = read(KEYS[2])
local name = KEYS[2]
if token and grant and string.sub(token, 1, #name) == name and string.sub(grant, 1, 1) == 'R' then
  return { string.sub(token, #name + 1), string.sub(grant, 2) }
end
return false
