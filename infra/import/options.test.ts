import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readLocalConfig } from '../local/config.ts'
import { readOptions } from './options.ts'
import { readState } from './state.ts'

const folder = mkdtempSync(join(tmpdir(), 'headwater-import-'))
const FILE = join(folder, 'a.csv')
writeFileSync(FILE, 'a\n')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const KEY = `wk_shop_1_${'0'.repeat(32)}`
const read = (line: string, ...more: string[]) =>
  readOptions([...line.split(' '), ...more], readLocalConfig({ DATA_DIR: folder }))

it('reads source, files and what to do with them', async () => {
  const options = await read(
    `csv ${FILE} ${FILE} --key ${KEY} --host http://capture.example/ --time-zone Europe/Berlin`,
    '--since=2024-03-10',
    '--until=2024-03-11T00:00Z',
    '--map=event==page seen,timestamp=ts,$set=facts',
  )
  expect(options).toMatchObject({
    source: 'csv',
    files: [FILE],
    host: 'http://capture.example',
    writeKey: KEY,
    since: Date.UTC(2024, 2, 9, 23),
    until: Date.UTC(2024, 2, 11),
    columns: { event: '=page seen', timestamp: 'ts', $set: 'facts' },
    concurrency: 4,
  })
})

it('keeps the state of an import by what it reads into which project, whatever the key', async () => {
  const stateOf = async (line: string) => (await read(line)).statePath
  const own = await stateOf(`csv ${FILE} --key ${KEY}`)
  expect(await stateOf(`csv ${FILE} --key wk_shop_2_${'1'.repeat(32)}`)).toBe(own)
  expect(await stateOf(`csv ${FILE} --key wk_other_1_${'0'.repeat(32)}`)).not.toBe(own)
  expect(await stateOf(`csv ${FILE} --key ${KEY} --since 2024-01-01`)).not.toBe(own)
  expect(await stateOf(`csv ${FILE} --key ${KEY} --map event=a`)).not.toBe(own)
  expect(own).toMatch(/imports\/csv-[0-9a-f]{12}\.json$/)
})

it.each([
  ['', 'no source'],
  [`matomo ${FILE}`, 'unknown source matomo'],
  ['csv', 'no file'],
  ['csv /nowhere.csv', 'no file /nowhere.csv'],
  [`csv ${folder}`, `no file ${folder}`],
  [`csv ${FILE} --host ftp://x`, 'invalid --host'],
  [`csv ${FILE} --concurrency 0`, 'invalid --concurrency'],
  [`csv ${FILE} --time-zone Mars/Olympus`, 'invalid --time-zone: Mars/Olympus'],
  [`csv ${FILE} --since yesterday`, 'invalid --since'],
  [`csv ${FILE} --map name=a`, 'invalid --map: name=a is not FIELD=COLUMN'],
  [`csv ${FILE} --map event`, 'invalid --map: event is not FIELD=COLUMN'],
  [`umami ${FILE} --map event=a`, 'umami takes no --map'],
  [`umami ${FILE} --synthesize`, 'umami has events'],
  [`plausible ${FILE}`, 'Plausible exports daily totals, not events'],
  [`csv ${FILE} --speed 3`, "Unknown option '--speed'"],
  [`csv ${FILE}`, 'no write key'],
])('refuses "%s" with what is wrong', async (line, why) => {
  await expect(
    readOptions(line.split(' ').filter(Boolean), readLocalConfig({ DATA_DIR: folder })),
  ).rejects.toThrow(why)
})

it('refuses a state that is none, rather than to begin anew unasked', () => {
  const path = join(folder, 'state.json')
  for (const text of ['{"version":1', '{}', '[]', '{"version":2,"files":[]}']) {
    writeFileSync(path, text)
    expect(() => readState(path)).toThrow('is not the state of an import')
  }
})
