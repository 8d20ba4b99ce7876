// A Worker whose shared calls take a known time, so that a test can end requests in the middle of one.
import { Coalescer } from '../coalesce.ts'
import type { EdgeEnv } from '../config.ts'

export { BufferObject } from '../buffer-object.ts'

const CALL_MS = 400
const coalescer = new Coalescer(3_000)
let calls = 0

export default {
  async fetch(request, _env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/_health') return new Response('ok')
    if (pathname === '/calls') return new Response(String(calls))
    const call = async () => {
      calls++
      await scheduler.wait(CALL_MS)
    }
    // As capture does: a request that waits for nothing but another's promise counts as hung.
    const timer = setTimeout(() => {}, 10_000)
    await coalescer.append(0, ['frame'], call, (work) => ctx.waitUntil(work))
    clearTimeout(timer)
    return new Response('held')
  },
} satisfies ExportedHandler<EdgeEnv>
