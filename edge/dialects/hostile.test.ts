import { parseEvents } from '@headwater/schemas/event'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureError } from '../errors.ts'
import { base64, post, writeKey } from '../test/edge.ts'
import { NO_HEADERS } from './dialect.ts'
import { DIALECTS } from './dialects.ts'

const NAMES = [
  ...['type', 'userId', 'anonymousId', 'messageId', 'event', 'properties', 'traits', 'context'],
  ...['groupId', 'previousId', 'integrations', 'timestamp', 'page', 'url', 'campaign', 'library'],
  ...['uuid', 'distinct_id', 'options', 'session_id', '$set', 'batch', '__proto__', 'constructor'],
]
const TYPES = ['track', 'page', 'screen', 'identify', 'group', 'alias', 'merge', 'toString']

/** JSON in whose objects the clients' own names stand, with values that nobody would put there. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(...TYPES, null, 0, -1, true, '', ' ', '\0', '\ud800', 1e308),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), tie('value'), { maxKeys: 6 }),
  ),
})).value

describe.each(
  DIALECTS.map((dialect) => [dialect.posts[0] ?? dialect.gets[0] ?? '', dialect] as const),
)('the dialect of %s', (path, dialect) => {
  it('judges any JSON: each event on its own, or the whole with a code', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join()
    const headers = Object.fromEntries(dialect.headers.map((name) => [name, 'a/b/c']))
    const judge = (body: unknown): boolean => {
      try {
        const { items, uuids } = dialect.decode({
          url: `http://edge.test${path}`,
          authorization: null,
          headers: dialect.headers.length > 0 ? headers : NO_HEADERS,
          payload: JSON.stringify(body),
        })
        const { accepted, dropped } = parseEvents(items)
        const answer = dialect.encode({ accepted: accepted.length, dropped, uuids })
        return accepted.length + dropped.length === items.length && answer.status < 500
      } catch (error) {
        return error instanceof CaptureError && dialect.refuse(error).status < 500
      }
    }
    fc.assert(
      fc.property(json, (value) => judge(value)),
      { numRuns: 300 },
    )
    fc.assert(
      fc.property(fc.array(json, { maxLength: 4 }), (batch) => judge({ batch })),
      { numRuns: 300 },
    )
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

it('drops a call that is nested without end, and keeps its neighbour', async () => {
  const deep = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`
  const call = (more: string) => `{"type":"track","userId":"ann","event":"a"${more}}`
  const calls = [`,"context":${deep}`, `,"properties":${deep}`, `,"odd":${deep}`, ''].map(call)
  const response = await post('/v1/batch', `{"batch":[${calls.join()}]}`, {
    authorization: `Basic ${base64(`${writeKey}:`)}`,
  })
  const { accepted, dropped } = (await response.json()) as {
    accepted: number
    dropped: { reason: string }[]
  }
  expect(accepted).toBe(1)
  expect(dropped.map(({ reason }) => reason)).toEqual(['too_deep', 'too_deep', 'too_deep'])
})
