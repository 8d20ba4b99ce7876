import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { Counter, Histogram } from 'prom-client'
import type { Metrics } from '../shared/metrics.ts'

const BUCKETS_S = [0.005, 0.02, 0.1, 0.5, 2, 10]

/** Counts every request by route and status, and times it. */
export function countRequests(metrics: Metrics): MiddlewareHandler {
  const requests = new Counter({
    name: 'headwater_auth_requests_total',
    help: 'Requests by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [metrics],
  })
  const duration = new Histogram({
    name: 'headwater_auth_request_duration_seconds',
    help: 'Time from the request to its answer.',
    buckets: BUCKETS_S,
    registers: [metrics],
  })
  return async (c, next) => {
    const end = duration.startTimer()
    await next()
    end()
    // The route's pattern, never the path: what a caller invents must not become a label.
    const route = routePath(c, -1)
    requests.inc({ method: c.req.method, route, status: c.res.status })
  }
}
