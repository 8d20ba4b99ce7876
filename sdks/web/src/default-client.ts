import type { Client } from './client.ts'
import type { AnyEvents } from './event-map.ts'
import type { ClientOptions } from './options.ts'

const METHODS =
  'capture page identify alias group set setOnce register unregister reset optIn optOut hasOptedOut onError extend flush distinctId'

/** The client of the page: calls before `init` are kept, and made when it comes. */
export interface DefaultClient<Events extends object = AnyEvents> extends Client<Events> {
  /** Starts sending to a project. The first call decides; later ones change nothing. */
  init(writeKey: string, options?: ClientOptions): void
}

type Methods = Record<string, (...args: unknown[]) => unknown>

/** A call: its method and arguments. */
export type Call = [method: string, ...args: unknown[]]

export function createDefaultClient(
  start: (writeKey: string, options?: ClientOptions) => Client,
): DefaultClient & { push(...calls: Call[]): void } {
  let client: Methods = {}
  const early: Call[] = []
  const push = (...calls: Call[]) => {
    for (const [method, ...args] of calls) {
      const call = page[method]
      if (call) call(...args)
    }
  }
  const init = (...args: Parameters<typeof start>) => {
    if (!client.capture) client = start(...args) as unknown as Methods
    push(...early.splice(0))
  }
  const page = { init, push } as unknown as Methods
  for (const method of METHODS.split(' ')) {
    page[method] = (...args) => {
      const call = client[method]
      if (call) return call(...args)
      early.push([method, ...args])
      return method === 'flush' ? Promise.resolve() : ''
    }
  }
  return page as never
}
