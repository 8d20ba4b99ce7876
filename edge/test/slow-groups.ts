// A Worker whose groups take a known time, so that a test can end requests in the middle of one.
import type { EdgeEnv } from '../config.ts'
import { Gathering, type Place } from '../gather.ts'

export { BufferObject } from '../buffer-object.ts'

const WORK_MS = 1_000
const gathering = new Gathering<string, string>(8_000)
let groups = 0

async function work(places: readonly Place<string, string>[]): Promise<void> {
  groups++
  await scheduler.wait(WORK_MS)
  for (const { item, resolve } of places) resolve(item)
}

export default {
  async fetch(request, _env, ctx) {
    const { pathname } = new URL(request.url)
    if (pathname === '/_health') return new Response('ok')
    if (pathname === '/groups') return new Response(String(groups))
    // As capture does: a request that waits for nothing but another's promise counts as hung.
    const timer = setTimeout(() => {}, 10_000)
    const held = await gathering.join('held', 1, work, (kept) => ctx.waitUntil(kept))
    clearTimeout(timer)
    return new Response(held)
  },
} satisfies ExportedHandler<EdgeEnv>
