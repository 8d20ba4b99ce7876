import { type Client, type ClientOptions, createClient } from './client.ts'

export type { DeliveryReport } from '../../delivery/sender.ts'
export type {
  CapturedEvent,
  CaptureError,
  Client,
  ClientOptions,
  Properties,
} from './client.ts'
export { createClient }

/** Calls made before `init` that are kept for it; beyond it something is wrong with the page. */
const MAX_EARLY_CALLS = 1_000

/** The client of the page: calls before `init` are kept, and made when it comes. */
export interface DefaultClient extends Client {
  /** Starts sending to a project. The first call decides; later ones change nothing. */
  init(writeKey: string, options?: ClientOptions): void
}

export function createDefaultClient(): DefaultClient {
  let client: Client | undefined
  let early: ((client: Client) => void)[] = []
  const forward =
    <Args extends unknown[], Result>(
      call: (client: Client, ...args: Args) => Result,
      beforeInit: Result,
    ) =>
    (...args: Args): Result => {
      if (client) return call(client, ...args)
      if (early.length < MAX_EARLY_CALLS) early.push((started) => call(started, ...args))
      return beforeInit
    }
  return {
    init(writeKey, options) {
      if (client) return
      client = createClient(writeKey, options)
      for (const call of early) call(client)
      early = []
    },
    capture: forward((started, ...args) => started.capture(...args), ''),
    page: forward((started, ...args) => started.page(...args), ''),
    identify: forward((started, ...args) => started.identify(...args), undefined),
    reset: forward((started) => started.reset(), undefined),
    flush: forward((started) => started.flush(), Promise.resolve()),
    distinctId: forward((started) => started.distinctId(), ''),
  }
}

/** The page's client, ready for `init`. */
export const headwater: DefaultClient = createDefaultClient()
export default headwater
