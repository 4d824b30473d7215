-- The load of serving.py: the same POST again and again. `wrk … -- BODY [AUTHORIZATION]`.

local call

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local headers = { ["Content-Type"] = "application/json" }
  if arguments[2] then
    headers["Authorization"] = arguments[2]
  end
  call = wrk.format("POST", nil, headers, file:read("*a"))
  file:close()
end

function request()
  return call
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'result {"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,'
      .. '"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
