-- The server's epoch: the first 16 digits of its replication id, another one after every start and every promotion.
local info = redis.call('INFO', 'replication')
local _, before = string.find(info, 'master_replid:', 1, true)
local epoch = string.sub(info, before + 1, before + 16)

-- What is stored under the key, if it was stored in this epoch.
local function read(key)
  local value = redis.call('GET', key)
  if value and string.sub(value, 1, 16) == epoch then
    return string.sub(value, 17)
  end
  return false
end

local function write(key, value, ttl)
  redis.call('SET', key, epoch .. value, 'PX', ttl)
end

-- The keys from `first` on may be seen once; their times to live are the arguments from `argument` on. If one had
-- been seen: its number, from 0, and nothing is remembered. Else all are remembered.
local function replayed(first, argument)
  for i = first, #KEYS do
    if redis.call('EXISTS', KEYS[i]) == 1 then
      return i - first
    end
  end
  for i = first, #KEYS do
    redis.call('SET', KEYS[i], '', 'PX', ARGV[argument + i - first])
  end
  return nil
end

