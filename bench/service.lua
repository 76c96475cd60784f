-- wrk -s service.lua URL -- PATH kept|unique  ->  one line of JSON
-- `unique` ends each query in a comment of its own, so that no answer can have been kept.
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end

function init(arguments)
  path, unique, count = arguments[1], arguments[2] == "unique", 0
end

function request()
  if not unique then return wrk.format("GET", path) end
  count = count + 1
  return wrk.format("GET", path .. "%20%23" .. os.time() .. "-" .. id .. "-" .. count)
end

function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.status
  io.write(string.format('{"requests": %d, "seconds": %f, "failed": %d, "p50": %f, "p99": %f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6))
end
