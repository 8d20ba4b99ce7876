import { describe, expect, it } from 'vitest'
import { eventsQuery, exportPath, readEvents, writeEvents } from './events-question.ts'

const DEFAULTS = { project: 'default' }
const read = (search: string) => readEvents(new URLSearchParams(search), DEFAULTS)

describe('the list of events in an address', () => {
  it('is of the last day, bots included, unless it says more', () => {
    expect(read('')).toEqual({
      question: {
        project: 'default',
        date_from: '-24h',
        events: [],
        filters: [],
        search: '',
        columns: ['$pathname', '$browser', '$country'],
        include_bots: true,
      },
      ignored: [],
    })
  })

  it.each([
    { columns: ['plan', 'a,b'], events: ['x', 'y&z'], search: 'ann', include_bots: false },
    { columns: [], events: [], search: '', include_bots: true },
  ])('is read as it was written: $columns', (some) => {
    const question = {
      ...some,
      project: 'shop',
      date_from: '2026-06-01',
      date_to: '2026-06-02',
      time_zone: 'Asia/Kathmandu',
      filters: [{ property: 'plan', operator: 'is' as const, value: 'pro' }],
    }
    expect(readEvents(writeEvents(question), DEFAULTS)).toEqual({ question, ignored: [] })
  })

  it('names what it does not understand', () => {
    expect(read('include_bots=perhaps&date_from=soon').ignored).toEqual([
      'date_from=soon',
      'include_bots=perhaps',
    ])
  })
})

describe('the question behind it', () => {
  it('leaves out what is not narrowed', () => {
    expect(eventsQuery(read('column=plan').question)).toEqual({
      project: 'default',
      date_from: '-24h',
      filters: [],
      properties: ['plan'],
      include_bots: true,
    })
  })

  it('is the same of a file', () => {
    const { question } = read('event=a&event=b&column=plan&include_bots=false&date_to=2026-06-02')
    const [path, search] = exportPath(question, 'ndjson')?.split('?') ?? []
    expect(path).toBe('/api/export')
    expect(Object.fromEntries(new URLSearchParams(search))).toEqual({
      ...{ project: 'default', format: 'ndjson', date_from: '-24h', date_to: '2026-06-02' },
      ...{ events: 'a,b', properties: 'plan', include_bots: 'false' },
    })
  })

  it.each(['event=a,b', 'column=a,b'])('is no file for a name with a comma: %s', (search) => {
    expect(exportPath(read(search).question, 'csv')).toBeNull()
  })
})
