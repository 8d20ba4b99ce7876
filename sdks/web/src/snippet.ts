// The script-tag build: `<script src="…/analytics.js" data-write-key="wk_…" defer></script>`.
import type { ClientOptions } from './client.ts'
import { headwater } from './index.ts'

/** A call made before the script was there: its method and arguments. */
type Call = [method: string, ...args: unknown[]]

function start(): void {
  const page = window as { headwater?: unknown }
  // A second script tag must not start a second client.
  if (page.headwater && !Array.isArray(page.headwater)) return
  const early = (page.headwater || []) as Call[]
  const methods = headwater as unknown as Record<string, (...args: unknown[]) => unknown>
  const push = (...calls: Call[]) => {
    for (const [method, ...args] of calls) methods[method]?.(...args)
  }
  page.headwater = Object.assign(headwater, { push })

  const script = document.currentScript as HTMLScriptElement | null
  const { writeKey, ...data } = script ? script.dataset : ({} as DOMStringMap)
  const host = data.host || (script ? new URL(script.src).origin : undefined)
  const init = headwater.init
  // The script's own origin is the capture service, unless the page says otherwise.
  headwater.init = (key, options) => init(key, { ...(host && { host }), ...options })
  if (writeKey) headwater.init(writeKey, optionsOf(data))
  push(...early)
}

function optionsOf(data: DOMStringMap): ClientOptions {
  return {
    autocapturePageviews: data.autocapturePageviews !== 'false',
    ...(data.flushAt && { flushAt: Number(data.flushAt) }),
    ...(data.flushIntervalMs && { flushIntervalMs: Number(data.flushIntervalMs) }),
  }
}

start()
