import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Letter } from '@headwater/schemas/dead-letter'
import { afterEach, describe, expect, it } from 'vitest'
import { apiDeadLetters, type DeadLetters, type ReplayOrder } from './client.ts'
import { runCommand } from './command.ts'
import { readOptions } from './options.ts'

const ID = '3f9a2c1b-0-17'
const LETTER: Letter = {
  id: ID,
  project: 'default',
  dead_at: '2026-06-17T12:00:00.123Z',
  event: 'sign\u001b[2Jup',
  distinct_id: null,
  uuid: null,
  error: 'Code: 117. DB::Exception: Code: 117. DB::Exception: Cannot parse number',
  replayed_at: '2026-06-17T13:00:00.000Z',
  record_key: 'default:ann',
  record: '{"n":1\n}',
  log: { id: 'cluster/topic', partition: 0, offset: 17 },
  shard: 'local:0@0',
  seq: 3,
  idx: 4,
  replays: [
    {
      replayed_at: '2026-06-17T13:00:00.000Z',
      uuid: '',
      corrected: true,
      outcome: 'dead',
      letter: '3f9a2c1b-0-18',
    },
  ],
}

/** Answers with that one letter, and remembers what was replayed. */
function stub(skipped = 0): DeadLetters & { orders: ReplayOrder[] } {
  const orders: ReplayOrder[] = []
  const skips = [{ id: ID, reason: 'already_stored' as const, message: 'it is there' }]
  return {
    orders,
    list: async () => ({ letters: [LETTER], next: ID }),
    show: async () => LETTER,
    async replay(order) {
      orders.push(order)
      return { replayed: 1 - skipped, skipped, skips: skips.slice(0, skipped) }
    },
    close: async () => {},
  }
}
const run = (argv: string[], client: DeadLetters = stub(), columns?: number) =>
  runCommand(readOptions(argv, {}), client, columns)
const folder = () => mkdtempSync(join(tmpdir(), 'headwater-dead-letters-'))

describe('the command line', () => {
  it.each([
    [[], 'no command'],
    [['burn'], 'unknown command burn'],
    [['list', ID], 'list takes no ID'],
    [['list', '--limit', '0'], '--limit'],
    [['list', '--limit', 'x'], '--limit'],
    [['list', '--before', 'x'], 'x is not an ID'],
    [['list', '--force'], 'list takes no --force'],
    [['list', '--project', 'No Such'], '--project'],
    [['list', '--colour'], "Unknown option '--colour'"],
    [['show'], 'show needs one ID'],
    [['show', ID, ID], 'show needs one ID'],
    [['show', '17'], '17 is not an ID'],
    [['show', ID, '--all'], 'show takes no --all'],
    [['replay'], 'either IDs or --all'],
    [['replay', ID, '--all'], 'either IDs or --all'],
    [['replay', '--all', '--record', 'f'], '--record needs one ID'],
    [['replay', '--all', '--force'], '--force needs IDs'],
  ])('%j is refused: %s', (argv, reason) => {
    expect(() => readOptions(argv, {})).toThrow(reason)
  })

  it('needs an address in QUERY_URL, which has a default', () => {
    expect(readOptions(['list'], {}).queryUrl).toBe('http://127.0.0.1:8001')
    expect(() => readOptions(['list'], { QUERY_URL: 'localhost' })).toThrow('QUERY_URL')
  })
})

describe('list', () => {
  it('is a table that fits the terminal, without the control characters of senders', async () => {
    const { text } = await run(['list'], stub(), 140)
    const [heads, row, next] = text.split('\n')
    expect(heads).toMatch(/^ID +DIED \(UTC\) +PROJECT +EVENT +DISTINCT_ID +REPLAYED +ERROR$/)
    expect(row).toContain(`${ID}  2026-06-17 12:00:00  default  sign\\u001b[2Jup`)
    expect(row).toMatch(/ {2}Cannot parse num/)
    expect(row?.length).toBeLessThanOrEqual(140)
    expect(next).toBe(`Older ones: --before ${ID}`)
  })

  it('is the API answer with --json', async () => {
    const { text } = await run(['list', '--json'])
    expect(JSON.parse(text)).toEqual({ letters: [LETTER], next: ID })
  })

  it('says so when there are none', async () => {
    const empty = { ...stub(), list: async () => ({ letters: [], next: null }) }
    expect((await run(['list'], empty)).text).toBe('No dead letters in default.')
    expect((await run(['list', '--project', '*'], empty)).text).toBe('No dead letters at all.')
  })
})

describe('show', () => {
  it('tells what became of it, and writes the record as it is', async () => {
    const file = join(folder(), 'record.json')
    const { text } = await run(['show', ID, '--record', file])
    expect(text).toContain(
      'replayed     2026-06-17 13:00:00 corrected: died again, as 3f9a2c1b-0-18',
    )
    expect(text).toContain('log          cluster/topic, partition 0, offset 17')
    expect(text.split('\n').at(-1)).toBe('record       {"n":1\\u000a}')
    expect(readFileSync(file, 'utf8')).toBe(LETTER.record)
  })
})

describe('replay', () => {
  it('sends the corrected record of a file', async () => {
    const file = join(folder(), 'record.json')
    writeFileSync(file, '{"n":2}')
    const client = stub()
    const { text, exitCode } = await run(['replay', ID, '--record', file], client)
    expect(client.orders).toEqual([{ ids: [ID], record: '{"n":2}', force: false }])
    expect([text, exitCode]).toEqual(['1 letter on the log again.', 0])
  })

  it('ends with 1 and the reasons when letters were skipped', async () => {
    const { text, exitCode } = await run(['replay', ID], stub(1))
    expect(exitCode).toBe(1)
    expect(text).toBe(`0 letters on the log again. 1 letter skipped:\n  ${ID}: it is there`)
  })
})

describe('replay --all', () => {
  it.each([
    ['already_stored', 0],
    ['other_project', 1],
  ] as const)('with letters skipped as %s ends with %d', async (reason, code) => {
    const result = { replayed: 0, skipped: 1, skips: [{ id: ID, reason, message: '' }] }
    const client = { ...stub(), replay: async () => result }
    expect((await run(['replay', '--all'], client)).exitCode).toBe(code)
  })
})

describe('the query API', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  let credentials: (string | undefined)[] = []

  async function serve(status: number, body: string): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    credentials = []
    const listening = createServer((request, response) => {
      credentials.push(request.headers.authorization)
      request.on('data', (chunk) => asked.push(String(chunk)))
      request.on('end', () => response.writeHead(status).end(body))
      asked.push(`${request.method} ${request.url}`)
    })
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, asked }
  }

  it('is asked for the project', async () => {
    const { url, asked } = await serve(200, '{}')
    const client = apiDeadLetters({ queryUrl: url, project: 'shop' })
    await client.list(5, undefined)
    await client.list(5, ID)
    await client.show(ID)
    await client.replay({ ids: 'all', force: false })
    await client.replay({ ids: [ID], record: '{}', force: true })
    expect(asked).toEqual([
      'GET /api/dead-letters?project=shop&limit=5',
      `GET /api/dead-letters?project=shop&limit=5&before=${ID}`,
      `GET /api/dead-letters/${ID}?project=shop`,
      'POST /api/dead-letters/replay',
      '{"project":"shop","all":true}',
      'POST /api/dead-letters/replay',
      `{"project":"shop","ids":["${ID}"],"force":true,"record":"{}"}`,
    ])
  })

  it('is sent the credential in a header, where there is one', async () => {
    const { url, asked } = await serve(200, '{}')
    const options = readOptions(['list'], { QUERY_URL: url, QUERY_CREDENTIAL: 'secret' })
    const client = apiDeadLetters(options)
    await client.show(ID)
    await client.replay({ ids: 'all', force: false })
    await apiDeadLetters({ queryUrl: url, project: 'shop' }).show(ID)
    expect(credentials).toEqual(['Bearer secret', 'Bearer secret', undefined])
    expect(asked.join()).not.toContain('secret')
  })

  it('is quoted when it refuses', async () => {
    const error = { code: 'unknown_project', message: 'there is no project shop' }
    const { url } = await serve(404, JSON.stringify({ error }))
    const words = 'there is no project shop (unknown_project)'
    await expect(apiDeadLetters({ queryUrl: url, project: 'shop' }).show(ID)).rejects.toThrow(words)
  })

  it('is named when it does not answer, or answers something else', async () => {
    const { url } = await serve(502, '<html>')
    await expect(apiDeadLetters({ queryUrl: url, project: 'shop' }).show(ID)).rejects.toThrow(
      `${url}: status 502`,
    )
    const away = apiDeadLetters({ queryUrl: 'http://127.0.0.1:1', project: 'shop' })
    await expect(away.show(ID)).rejects.toThrow(/no answer from http:\/\/127.0.0.1:1 \(QUERY_URL\)/)
  })
})
