-- The load: every caller in turn asks. `wrk … -- CALLERS`.
-- Each line of CALLERS is a key, a path and, if callers carry one, a token.
-- Requests are written out once, so that the load costs as little as it can.

local requests, last, current = {}, 0, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local key, path, token = line:match("^(%S+) (%S+) ?(.*)$")
    local headers = { ["Ocp-Apim-Subscription-Key"] = key }
    if token ~= "" then
      headers["Authorization"] = token
    end
    last = last + 1
    requests[last] = wrk.format("GET", path, headers)
  end
end

function request()
  current = current % last + 1
  return requests[current]
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
