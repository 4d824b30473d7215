-- What a gateway built on nginx + Lua does per call: the key by its digest, a sliding
-- window of two buckets, a quota per period, and a usage record in the log phase.
-- Counters live in shared memory, as they must with more than one worker; usage is
-- summed up in the worker and written out once a second by a timer.

local floor = math.floor
local now = ngx.now
local sha1 = ngx.sha1_bin

local M = {}
local callers = {}
local pepper
local windows = ngx.shared.windows
local quotas = ngx.shared.quotas
local usage = ngx.shared.usage
local pending = {}

-- Each line: id, key, calls, period, quota, quota period.
function M.load(path, secret)
  pepper = secret
  for line in io.lines(path) do
    local id, key, calls, period, quota, quota_period =
      line:match("^(%S+) (%S+) (%d+) (%d+) (%d+) (%d+)$")
    callers[sha1(pepper .. key)] = {
      id = id,
      window = "w:" .. id .. ":",
      quota_name = "q:" .. id .. ":",
      calls = tonumber(calls),
      period = tonumber(period),
      quota = tonumber(quota),
      quota_period = tonumber(quota_period),
    }
  end
end

local function refuse(status, message)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.say('{"statusCode":', status, ',"message":"', message, '"}')
  return ngx.exit(status)
end

-- What is left of the period before still counts, in proportion. The names of a
-- caller's counters change once a period, so they are kept.
local function window_is_full(caller, moment)
  local period = caller.period
  local bucket = floor(moment / period)
  if caller.bucket ~= bucket then
    caller.bucket = bucket
    caller.current_name = caller.window .. bucket
    caller.before_name = caller.window .. bucket - 1
  end
  local count = windows:incr(caller.current_name, 1, 0, 2 * period)
  local before = windows:get(caller.before_name)
  if before then
    local elapsed = (moment - bucket * period) / period
    count = count + before * (1 - elapsed)
  end
  if count <= caller.calls then
    return false
  end
  windows:incr(caller.current_name, -1)
  return true
end

local function quota_is_spent(caller, moment)
  local period = caller.quota_period
  local start = floor(moment / period)
  if caller.quota_start ~= start then
    caller.quota_start = start
    caller.current_quota = caller.quota_name .. start
  end
  return quotas:incr(caller.current_quota, 1, 0, period) > caller.quota
end

function M.admit()
  local key = ngx.var.http_ocp_apim_subscription_key
  if not key then
    return refuse(401, "Access denied due to missing subscription key.")
  end
  local caller = callers[sha1(pepper .. key)]
  if not caller then
    return refuse(401, "Access denied due to invalid subscription key.")
  end
  ngx.ctx.caller = caller
  local moment = now()
  if window_is_full(caller, moment) then
    return refuse(429, "Rate limit is exceeded.")
  end
  if quota_is_spent(caller, moment) then
    return refuse(403, "Out of call volume quota.")
  end
end

-- Latencies fall into buckets that double, from a millisecond on.
local function latency_bucket(seconds)
  local bucket, edge = 1, 0.001
  while seconds > edge and bucket < 20 do
    bucket, edge = bucket + 1, edge * 2
  end
  return bucket
end

-- Row (b): what the ten policies do, in the rewrite phase and in the header filter.
-- The caller is looked up again: the access phase, which admits it, comes later.
function M.transform()
  local key = ngx.var.http_ocp_apim_subscription_key
  local caller = key and callers[sha1(pepper .. key)]
  local id = caller and caller.id or ""
  local tier = id:sub(1, 6) == "nobody" and "free" or "gold"
  if tier ~= "gold" then
    return refuse(402, "Pay")
  end
  ngx.var.tier = tier
  ngx.var.subscription = id
  ngx.var.length = #ngx.var.uri
  local arguments = ngx.req.get_uri_args()
  arguments.version = "2"
  ngx.req.set_uri_args(arguments)
  ngx.req.set_uri("/v2/scores")
end

function M.transform_answer()
  ngx.header["X-Served"] = "Bench" .. "/" .. "Score"
end

function M.record()
  local caller = ngx.ctx.caller
  local id = caller and caller.id or "-"
  local sum = pending[id]
  if not sum then
    sum = { calls = 0, blocked = 0, failed = 0, bytes = 0, seconds = 0, latency = {} }
    pending[id] = sum
  end
  local status = ngx.status
  local seconds = now() - ngx.req.start_time()
  local bucket = latency_bucket(seconds)
  sum.calls = sum.calls + 1
  if status == 401 or status == 403 or status == 429 then
    sum.blocked = sum.blocked + 1
  elseif status >= 400 then
    sum.failed = sum.failed + 1
  end
  sum.bytes = sum.bytes + tonumber(ngx.var.bytes_sent)
  sum.seconds = sum.seconds + seconds
  sum.latency[bucket] = (sum.latency[bucket] or 0) + 1
end

function M.flush()
  local sums = pending
  pending = {}
  for id, sum in pairs(sums) do
    usage:incr(id .. ":calls", sum.calls, 0)
    usage:incr(id .. ":blocked", sum.blocked, 0)
    usage:incr(id .. ":failed", sum.failed, 0)
    usage:incr(id .. ":bytes", sum.bytes, 0)
    usage:incr(id .. ":seconds", sum.seconds, 0)
    for bucket, count in pairs(sum.latency) do
      usage:incr(id .. ":latency:" .. bucket, count, 0)
    end
  end
end

function M.start()
  assert(ngx.timer.every(1, M.flush))
end

-- How many calls the usage records hold.
function M.tell()
  M.flush()
  local total = 0
  for _, name in ipairs(usage:get_keys(0)) do
    if name:sub(-6) == ":calls" then
      total = total + usage:get(name)
    end
  end
  ngx.print(total)
end

return M
