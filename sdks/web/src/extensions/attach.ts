// How an extension's script reaches the page's client, which may not be there yet: through its list of calls.
import type { Call } from '../default-client.ts'
import { optionsOf } from '../script-options.ts'

const page = window as { headwater?: { push(call: Call): void } }
const push = (...call: Call) => {
  page.headwater = page.headwater || []
  page.headwater.push(call)
}

/** The page's client, as far as extensions need it. */
export const client = {
  capture: (...args: unknown[]) => {
    push('capture', ...args)
    return ''
  },
  extend: (extension: unknown) => push('extend', extension),
}

/** The attributes of the script that runs now. */
export const options = optionsOf((document.currentScript as HTMLScriptElement).dataset)
