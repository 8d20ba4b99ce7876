import { isObject } from '@headwater/schemas/event'
import { expect } from 'vitest'
import { acceptedCases, droppedCases } from '../../../schemas/test/fixtures.ts'
import type { Adapter } from '../adapter.ts'
import { errorsOf, type Scenario, untilAnswered } from '../scenario.ts'
import type { Sdk } from '../sdks.ts'

/** The fields that a call of an SDK has. */
const FIELDS = ['event', 'distinct_id', 'timestamp', 'uuid', 'properties', '$set', '$set_once']
/** Those that a stateful one has: the others are its own. */
const STATEFUL_FIELDS = ['event', 'properties']

/** A fixture as a command; null when a call of the SDK cannot say it. */
function asCommand(event: unknown, { stateful }: Sdk): Record<string, unknown> | null {
  if (!isObject(event)) return null
  const { $set, $set_once, ...fields } = event
  const known = stateful ? [...STATEFUL_FIELDS, 'distinct_id'] : FIELDS
  if (!Object.keys(event).every((name) => known.includes(name))) return null
  // Its own distinct_id is always good.
  if (stateful && event.distinct_id !== 'ann') return null
  return {
    ...fields,
    ...($set !== undefined && { set: $set }),
    ...($set_once !== undefined && { set_once: $set_once }),
  }
}

// Milliseconds, words and objects as times are for those who send by hand: an SDK may take its language's own only.
const hasPlainTime = (event: unknown) =>
  !isObject(event) ||
  event.timestamp === undefined ||
  (typeof event.timestamp === 'string' && /^\d{4}-\d\d-\d\dT/.test(event.timestamp))

async function settle(adapter: Adapter): Promise<void> {
  await adapter.do('flush')
  await untilAnswered(adapter)
}

export const CONTRACT: Scenario[] = [
  {
    name: 'delivers every accepted fixture as the contract reads it',
    async run({ sdk, server, start }) {
      const adapter = await start()
      const cases = acceptedCases().filter(({ event }) => hasPlainTime(event))
      let count = 0
      for (const { name, event, accepted } of cases) {
        const command = asCommand(event, sdk)
        if (!command) continue
        const uuid = (await adapter.do('capture', command)) as string
        expect(uuid, name).not.toBe('')
        await settle(adapter)
        expect(await adapter.errors(), name).toEqual([])
        // What the event leaves out the SDK fills in.
        const { uuid: ownUuid, timestamp, ...said } = accepted
        if (sdk.stateful) delete said.distinct_id
        const stored = server.stored.get(uuid.toLowerCase())
        expect(stored, name).toMatchObject({
          ...said,
          ...(typeof ownUuid === 'string' && { uuid: ownUuid }),
        })
        if (typeof timestamp === 'string')
          expect(Date.parse(String(stored?.timestamp)), name).toBe(Date.parse(timestamp))
        count++
      }
      expect(count).toBeGreaterThan(sdk.stateful ? 10 : 25)
    },
  },
  {
    name: 'says the reason of every dropped fixture, and delivers its neighbours',
    async run({ sdk, server, start }) {
      const adapter = await start()
      let count = 0
      for (const { name, event, reason } of droppedCases()) {
        const command = asCommand(event, sdk)
        if (!command) continue
        const before = (await adapter.errors()).length
        const neighbour = await adapter.capture('neighbour')
        const { ok, value, error } = await adapter.ask('capture', command)
        await settle(adapter)
        const errors = (await errorsOf(adapter, ok ? before + 1 : before)).slice(before)
        expect(server.stored.has(neighbour), name).toBe(true)
        // Refused at once, with an error of the language; or taken, and named by the service.
        if (ok) expect(errors, name).toMatchObject([{ code: reason }])
        else expect(`${error} ${errors.map(({ code }) => code)}`, name).toContain(reason)
        if (ok && value && errors[0]?.uuids.length) expect(errors[0].uuids, name).toEqual([value])
        count++
      }
      expect(server.names.every((name) => name === 'neighbour')).toBe(true)
      expect(count).toBeGreaterThan(sdk.stateful ? 10 : 30)
    },
  },
]
