-- Each request has another path than the one before, of the same length.
local count = 0

request = function()
    count = (count + 1) % 100000
    return wrk.format(nil, string.format("%s/%05d", wrk.path, count))
end
