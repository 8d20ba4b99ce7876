import { describe, expect, it } from 'vitest'
import { newPerson, recordsAbout, send } from './test/edge.ts'

const HOUR = 3_600_000
const history = { historical_migration: true }
/** A clock that is an hour behind. */
const behind = () => ({ sent_at: new Date(Date.now() - HOUR).toISOString() })

describe('a request of events of the past', () => {
  it('keeps their times, whatever its clock says', async () => {
    const timestamp = Date.UTC(2011, 4, 3, 10, 0, 0, 123)
    expect(await timesOf([{ timestamp }], { ...history, ...behind() })).toEqual([[timestamp, '']])
    const corrected = await timesOf([{ timestamp }], behind())
    expect(corrected).toEqual([[timestamp + HOUR, 'skew']])
  })

  it('says when it was sent all the same', async () => {
    const person = newPerson()
    const sent_at = Date.now() - HOUR
    await send([{ event: 'a', distinct_id: person, timestamp: 1_500_000_000_000 }], {
      ...history,
      sent_at,
    })
    expect(await recordsAbout(person)).toMatchObject([{ sent_at }])
  })

  it('has absurd times clamped, and says so', async () => {
    const [future, past] = [Date.now() + 48 * HOUR, Date.UTC(1999, 0, 1)]
    const times = await timesOf([{ timestamp: future }, { timestamp: past }, {}], history)
    expect(times.map(([, note]) => note)).toEqual(['future', 'past', 'missing'])
    for (const [at] of times) expect(Math.abs(Number(at) - Date.now())).toBeLessThan(HOUR)
  })

  it('says so by true, and by nothing else', async () => {
    const timestamp = Date.UTC(2011, 4, 3)
    const times = await timesOf([{ timestamp }], { historical_migration: 'false', ...behind() })
    expect(times).toEqual([[timestamp + HOUR, 'skew']])
  })
})

it('keeps the time of one event that asks for it', async () => {
  const timestamp = Date.now() - 3 * HOUR
  const events = [{ timestamp, properties: { $ignore_sent_at: true } }, { timestamp }]
  expect(await timesOf(events, behind())).toEqual([
    [timestamp, ''],
    [timestamp + HOUR, 'skew'],
  ])
})

/** The times of events as they are stored, with what was done to them, in the order sent. */
async function timesOf(events: object[], more: object): Promise<[number, string][]> {
  const person = newPerson()
  const own = events.map((event) => ({ event: 'a', distinct_id: person, ...event }))
  await send(own, more)
  const records = await recordsAbout(person, events.length)
  return records.map(({ timestamp, time_note }) => [timestamp, time_note])
}
