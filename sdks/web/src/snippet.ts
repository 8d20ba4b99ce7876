// The script-tag build: `<script src="…/analytics.js" data-write-key="wk_…" defer></script>`.
import { createClient } from './client.ts'
import { type Call, createDefaultClient } from './default-client.ts'
import type { ClientOptions } from './options.ts'

function start(): void {
  const page = window as { headwater?: unknown }
  const early = page.headwater || []
  // A second script tag must not start a second client.
  if (!Array.isArray(early)) return
  const { src = '', dataset = {} } = (document.currentScript || {}) as Partial<HTMLScriptElement>
  const { writeKey, ...data } = dataset
  // The script comes from the capture service, below whatever path that has, unless the page says otherwise.
  const host = src.replace(/\/[^/?]*(\?.*)?$/, '')
  const headwater = createDefaultClient((key, options) =>
    createClient(key, { host, ...optionsOf(data), ...options }),
  )
  page.headwater = headwater
  if (writeKey) headwater.init(writeKey)
  headwater.push(...(early as Call[]))
}

/** `data-flush-at="5"` is the option `flushAt: 5`; an attribute without a value is true. */
function optionsOf(data: DOMStringMap): ClientOptions {
  const options: Record<string, unknown> = {}
  for (const name in data) {
    const text = data[name]
    options[name] = text === 'false' ? false : text === 'true' || !text || Number(text) || text
  }
  return options
}

start()
