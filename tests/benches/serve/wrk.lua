-- Tells what wrk did as one line of JSON. With a number as argument each request has an address of
-- its own: (n) in it becomes the next number, (from) and (to) become days of the last year.

local function day(before)
  return os.date("!%Y-%m-%d", os.time() - before * 86400)
end

function init(args)
  local number, path = tonumber(args[1]), wrk.path
  if number then
    request = function()
      number = number + 1
      local from = 40 + number % 300
      local to = from - 2 - math.floor(number / 300) % 30
      local values = { n = number, from = day(from), to = day(to) }
      return wrk.format(nil, (path:gsub("%((%w+)%)", values)))
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"errors":%d,"p99":%d}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(99)))
end
