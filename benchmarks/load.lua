-- The load: every caller in turn asks for the same thing. `wrk … -- CALLERS PATH`.
-- Each line of CALLERS is a key and, if callers carry one, a token behind a blank.
-- Requests are written out once, so that the load costs as little as it can.

local requests, last, current = {}, 0, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local key, token = line:match("^(%S+) ?(.*)$")
    local headers = { ["Ocp-Apim-Subscription-Key"] = key }
    if token ~= "" then
      headers["Authorization"] = token
    end
    last = last + 1
    requests[last] = wrk.format("GET", arguments[2], headers)
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
