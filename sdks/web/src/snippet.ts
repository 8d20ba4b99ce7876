// The script-tag build: `<script src="…/analytics.js" data-write-key="wk_…" defer></script>`.
import { createClient } from './client.ts'
import { type Call, createDefaultClient } from './default-client.ts'
import { optionsOf } from './script-options.ts'

function start(): void {
  const page = window as { headwater?: unknown }
  const early = (page.headwater || []) as Call[]
  // No list: a second script tag must not start a second client.
  if (!early.pop) return
  const { src = '', dataset = {} } = (document.currentScript || {}) as Partial<HTMLScriptElement>
  const { writeKey, ...data } = dataset
  // The script comes from the capture service, below whatever path that has, unless the page says otherwise.
  const host = src.replace(/\/[^/?]*(\?.*)?$/, '')
  const headwater = createDefaultClient((key, options) =>
    createClient(key, { host, ...optionsOf(data), ...options }),
  )
  page.headwater = headwater
  if (writeKey) headwater.init(writeKey)
  headwater.push(...early)
}

start()
