-- Decides on the demands of many calls at once, on the store's own clock.
--
-- ARGV[1] is MessagePack: a list of calls {forced, wish, wish, …}. A wish is a list of
-- demands that are met together or not at all; after one that is refused the wishes of
-- the same call that follow are not looked at. Forced demands are spent without asking.
--   window {1, key, limit, period, tells}
--   tally  {2, key, limit, period, asked, spent, tells}
--   quota  {3, key, calls, size, anchor, period, asked, spent, spent size, tells}
-- `key` is an index into KEYS; times are whole microseconds; -1 is infinite.
-- Gives MessagePack: for each call a list of verdicts {wait, refused, by size, at, left …}.

local EXACT, GRAINS = 1024, 256
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function whole(number)
  return string.format('%.0f', number)
end

local function expire(key, period)
  redis.call('PEXPIRE', key, whole(math.ceil(period / 1000) + 1000))
end

-- Windows: a list of the moments of the last `limit` admitted calls.

local function window_wait(demand)
  local key, limit, period = KEYS[demand[2]], demand[3], demand[4]
  local count = redis.call('LLEN', key)
  if count < limit then return 0 end
  local first = redis.call('LINDEX', key, count - limit)
  return math.max(0, first + period - now)
end

local function window_spend(demand)
  local key, limit, period = KEYS[demand[2]], demand[3], demand[4]
  local at = now
  local newest = redis.call('LINDEX', key, -1)
  if newest then at = math.max(at, tonumber(newest)) end
  local count = redis.call('RPUSH', key, whole(at))
  if count == limit + 1 then
    redis.call('LPOP', key)
  elseif count > limit then
    redis.call('LTRIM', key, -limit, -1)
  end
  expire(key, period)
  return at
end

local function window_left(demand)
  local key, limit, period = KEYS[demand[2]], demand[3], demand[4]
  local oldest = redis.call('LINDEX', key, 0)
  while oldest and oldest + period <= now do
    redis.call('LPOP', key)
    oldest = redis.call('LINDEX', key, 0)
  end
  return math.max(0, limit - redis.call('LLEN', key))
end

-- Tallies: a list of pairs, moment and sum up to then. The first pair may have left the
-- window already: its sum is what came before.

local function tally_sums(key, period)
  local second = redis.call('LINDEX', key, 2)
  while second and second + period <= now do
    redis.call('LPOP', key)
    redis.call('LPOP', key)
    second = redis.call('LINDEX', key, 2)
  end
  local first = redis.call('LINDEX', key, 0)
  if not first then return 0, 0 end
  local total = tonumber(redis.call('LINDEX', key, -1))
  if first + period > now then return 0, total end
  local before = tonumber(redis.call('LINDEX', key, 1))
  return before, total - before
end

local function tally_wait(demand)
  local key, limit, period, asked = KEYS[demand[2]], demand[3], demand[4], demand[5]
  local before, used = tally_sums(key, period)
  local over = used + asked - limit
  if over <= 0 then return 0 end
  if asked > limit then return -1 end
  local low, high = 0, redis.call('LLEN', key) / 2 - 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if tonumber(redis.call('LINDEX', key, 2 * middle + 1)) >= before + over then
      high = middle
    else
      low = middle + 1
    end
  end
  return math.max(1, redis.call('LINDEX', key, 2 * low) + period - now)
end

local function tally_spend(demand)
  local key, period, spent = KEYS[demand[2]], demand[4], demand[6]
  if spent == 0 then return now end
  local at, total, grain = now, 0, period / GRAINS
  local newest = redis.call('LINDEX', key, -2)
  if newest then
    newest = tonumber(newest)
    at = math.max(at, newest)
    total = tonumber(redis.call('LINDEX', key, -1))
  end
  if newest and redis.call('LLEN', key) >= 2 * EXACT
      and math.floor(newest / grain) == math.floor(at / grain) then
    redis.call('LSET', key, -2, whole(at))
    redis.call('LSET', key, -1, whole(total + spent))
  else
    redis.call('RPUSH', key, whole(at), whole(total + spent))
  end
  expire(key, period)
  return at
end

local function tally_left(demand)
  local _, used = tally_sums(KEYS[demand[2]], demand[4])
  return math.max(0, demand[3] - used)
end

-- Quotas: a hash of start, calls and bytes of the current period.

local function quota_now(demand)
  local anchor, period = demand[5], demand[6]
  local kept = redis.call('HMGET', KEYS[demand[2]], 's', 'c', 'b')
  local start = kept[1] and tonumber(kept[1])
  if start and (period == 0 or now < start + period) then
    return start, tonumber(kept[2]), tonumber(kept[3])
  end
  local begins = anchor
  if period > 0 then begins = anchor + math.floor((now - anchor) / period) * period end
  if start and begins <= start then
    return start, tonumber(kept[2]), tonumber(kept[3])
  end
  return begins, 0, 0
end

local function quota_wait(demand)
  local start, calls, size = quota_now(demand)
  local by_size = false
  if demand[3] < 0 or calls + demand[7] <= demand[3] then
    if demand[4] < 0 or size < demand[4] then return 0, false end
    by_size = true
  end
  if demand[6] == 0 then return -1, by_size end
  return math.max(1, start + demand[6] - now), by_size
end

local function quota_spend(demand)
  local start, calls, size = quota_now(demand)
  local key, period = KEYS[demand[2]], demand[6]
  redis.call('HSET', key, 's', whole(start), 'c', whole(calls + demand[8]),
    'b', whole(size + demand[9]))
  if period > 0 then
    redis.call('PEXPIREAT', key, whole(math.ceil((start + period) / 1000) + 60000))
  end
  return now
end

local function quota_left(demand)
  local _, calls, size = quota_now(demand)
  local calls_left, size_left = -1, -1
  if demand[3] >= 0 then calls_left = math.max(0, demand[3] - calls) end
  if demand[4] >= 0 then size_left = math.max(0, demand[4] - size) end
  return calls_left, size_left
end

local wait_of = {window_wait, tally_wait, quota_wait}
local spend = {window_spend, tally_spend, quota_spend}

local function decide(wish)
  local longest, refused, by_size = 0, 0, 0
  for place, demand in ipairs(wish) do
    local wait, size = wait_of[demand[1]](demand)
    if wait ~= 0 and longest >= 0 and (wait < 0 or wait > longest) then
      longest, refused, by_size = wait, place, size and 1 or 0
    end
  end
  local verdict = {longest, refused, by_size, now}
  if longest == 0 then
    for _, demand in ipairs(wish) do
      verdict[4] = math.max(verdict[4], spend[demand[1]](demand))
    end
  end
  for _, demand in ipairs(wish) do
    if demand[1] == 1 and demand[5] then
      verdict[#verdict + 1] = window_left(demand)
    elseif demand[1] == 2 and demand[7] then
      verdict[#verdict + 1] = tally_left(demand)
    elseif demand[1] == 3 then
      local calls, size = quota_left(demand)
      verdict[#verdict + 1] = calls
      verdict[#verdict + 1] = size
    end
  end
  return verdict
end

local answers = {}
for number, call in ipairs(cmsgpack.unpack(ARGV[1])) do
  local verdicts = {}
  for place = 2, #call do
    if call[1] then
      for _, demand in ipairs(call[place]) do spend[demand[1]](demand) end
    else
      local verdict = decide(call[place])
      verdicts[#verdicts + 1] = verdict
      if verdict[1] ~= 0 then break end
    end
  end
  answers[number] = verdicts
end
return cmsgpack.pack(answers)
