import { afterAll, beforeAll, describe, it } from 'vitest'
import { Adapter } from './adapter.ts'
import { CaptureServer } from './capture-server.ts'
import { type Scenario, type SdkOptions, WRITE_KEY } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Sdk, Shared } from './sdks.ts'

/**
 * Runs every scenario that is asked of an SDK, some at once, each with a server and processes of its own. All
 * are skipped where it cannot run.
 */
export function judge(sdk: Sdk): void {
  const why = sdk.whyNot()
  let shared: Shared | undefined
  beforeAll(async () => {
    if (!why) shared = await sdk.share?.()
  })
  afterAll(() => shared?.close())
  describe.skipIf(why).each(Object.entries(SCENARIOS))('%s', (_, scenarios) => {
    const asked = scenarios.filter(({ unlessFor }) => !unlessFor?.(sdk))
    it.concurrent.for(asked.map((one) => [one.name, one] as const))('%s', ([, scenario]) =>
      play(scenario, sdk, shared?.args),
    )
  })
}

/** Plays one scenario with an SDK; rejects when the SDK does not keep its promise. */
export async function play(
  scenario: Scenario,
  sdk: Sdk,
  args: readonly string[] = [],
): Promise<void> {
  const server = await CaptureServer.start()
  const { url } = server
  const adapters: Adapter[] = []
  const start = async (options: SdkOptions = {}) => {
    const adapter = new Adapter([...sdk.command, ...args])
    adapters.push(adapter)
    const { stateful, persistent, sdk: name } = await adapter.facts()
    if (name !== sdk.name || stateful !== sdk.stateful || persistent !== sdk.persistent) {
      throw new Error(`the adapter of ${sdk.name} says that it is another: ${name}`)
    }
    await adapter.do('init', {
      ...{ write_key: WRITE_KEY, host: url },
      options: { flush_interval_ms: 50, ...options },
    })
    return adapter
  }
  try {
    await scenario.run({ sdk, server, start })
  } catch (error) {
    if (error instanceof Error) error.message += `\n${account(server)}`
    throw error
  } finally {
    await Promise.all(adapters.map((adapter) => adapter.kill()))
    await server.close()
  }
}

/** What came to the server, for whoever has to find out what went wrong. */
function account({ received }: CaptureServer): string {
  const [first] = received
  const lines = received.slice(0, 20).map(({ at, answeredAt, items, status }) => {
    const after = Math.round(at - (first?.at ?? 0))
    return `+${after} ms: ${items.length} events, ${status} after ${Math.round(answeredAt - at)} ms`
  })
  return [`${received.length} requests:`, ...lines].join('\n')
}
