import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineText, PLAIN_TEXTS } from './lines.ts'
import { openTestApi, type TestApi } from './test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi()
})
afterAll(() => api.remove())

describe('the text of a line', () => {
  it('is cut in the dictionary of every column that has one, and of no other', async () => {
    const text = `SELECT name, type FROM system.columns
      WHERE database = currentDatabase() AND table = 'events' AND type LIKE '%String%'`
    const columns = await api.store.query<{ name: string; type: string }>({ text })
    const plain = columns.filter(({ type }) => type === 'String').map(({ name }) => name)
    expect(columns.length).toBeGreaterThan(plain.length)
    expect(plain.toSorted()).toEqual(PLAIN_TEXTS.toSorted())
  })

  it.each(['browser', 'pathname'])('is as much of %s as tells lines apart', async (column) => {
    const [short, long] = ['é'.repeat(500), `${'é'.repeat(500)}x`]
    await api.insert([short, long].map((value) => ({ event: column, [column]: value })))
    const text = `SELECT DISTINCT ${lineText(column)} AS line FROM events WHERE event = '${column}'`
    expect(await api.store.query({ text })).toEqual([{ line: short }])
  })
})
