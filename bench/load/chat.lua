-- One chat completion, again and again; body and headers come from the environment.
wrk.method = "POST"
wrk.path = "/v1/chat/completions"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["content-type"] = "application/json"
for line in os.getenv("BENCH_HEADERS"):gmatch("[^\n]+") do
  local name, value = line:match("^([^:]+): (.*)$")
  wrk.headers[name] = value
end

done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"us":%d,"p50":%d,"p99":%d,"failed":%d}\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
