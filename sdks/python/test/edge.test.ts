// A newcomer's way at the real edge: pip install, the lines of the README, and whatever the contract allows.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { LocalBridge } from '../../../edge/local/bridge-process.ts'
import { type EdgeProcess, startEdgeProcess } from '../../../edge/local/edge-process.ts'
import { freePorts } from '../../../infra/services/ports.ts'
import { acceptedCases } from '../../../schemas/test/fixtures.ts'
import { FOLDER } from './config.ts'

const SECRET = 'local-test-secret-of-32-characters-ok'

let folder: string
let bridge: LocalBridge
let edge: EdgeProcess
let writeKey: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-python-'))
  bridge = await LocalBridge.start()
  const [port] = await freePorts(1)
  edge = await startEdgeProcess({
    ...{ WRITE_KEY_SECRET: SECRET, BRIDGE_SECRET: SECRET, SEAL_MAX_AGE_MS: '50' },
    ...{ BRIDGE_URL: bridge.url, AUTH_URL: bridge.url, EDGE_PORT: String(port), DATA_DIR: folder },
  })
  writeKey = await signWriteKey(SECRET, { project_id: 'default', epoch: 1 })
})
afterAll(async () => {
  edge?.process.kill('SIGTERM')
  bridge?.close()
  rmSync(folder, { recursive: true, force: true })
})

// Without pip's packages there is nothing that could build ours.
describe.skipIf(inject('whyNoTools'))('installed with pip, at the real edge', () => {
  // Not beside our sources: what is found is what pip put there.
  let site: string
  beforeAll(() => {
    site = join(folder, 'site')
    const install = ['-m', 'pip', 'install', '-q', '--no-deps', '--target', site, FOLDER]
    execFileSync(inject('python'), install, { stdio: 'pipe' })
  })
  const run = (code: string) =>
    execFileSync(inject('python'), ['-c', code, writeKey, edge.url], {
      encoding: 'utf8',
      cwd: folder,
      env: { PYTHONPATH: site },
    })
  const arrived = () => bridge.records.map(({ uuid }) => uuid)

  it('the first lines of the README capture an event', async () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')
    const [, code = ''] = /```python\n([\s\S]+?)```/.exec(readme) ?? []
    run(code.replace('wk_default_1_…', writeKey).replace('http://localhost:8000', edge.url))
    await expect.poll(arrived, { timeout: 20_000 }).toHaveLength(1)
  })

  it('every accepted fixture, and every value that Python has, is stored once', async () => {
    const before = arrived().length
    const events = JSON.stringify(JSON.stringify(acceptedCases().map(({ event }) => event)))
    const uuids = JSON.parse(run(ALL_THAT_IS_GOOD.replace('EVENTS', events))) as string[]
    expect(uuids.length).toBeGreaterThan(60)
    const expected = [...new Set(uuids.map((uuid) => uuid.toLowerCase()))].sort()
    const rest = () => [...new Set(arrived().slice(before))].sort()
    await expect.poll(rest, { timeout: 20_000 }).toEqual(expected)
  })

  it('an event that only the service can find too big is reported by the service', () => {
    const said = run(`
import sys, headwater
errors = []
headwater.init(sys.argv[1], host=sys.argv[2], on_error=errors.append)
big = headwater.capture('big', 'ann', {'text': 'x' * (2**20 - 250)})
small = headwater.capture('small', 'ann')
assert headwater.flush()
print([(e.code, e.uuids == (big,)) for e in errors])
`)
    expect(said.trim()).toBe("[('event_too_big', True)]")
  })

  it('a wrong write key is told to on_error, with the events that it cost', () => {
    const said = run(`
import sys, headwater
errors = []
headwater.init('wk_default_1_' + '0' * 32, host=sys.argv[2], on_error=errors.append)
uuid = headwater.capture('signup', 'ann')
headwater.shutdown()
print([(e.code, e.uuids == (uuid,)) for e in errors])
`)
    expect(said.trim()).toBe("[('invalid_write_key', True)]")
  })
})

const ALL_THAT_IS_GOOD = `
import datetime, decimal, json, sys, uuid
import headwater
errors = []
headwater.init(sys.argv[1], host=sys.argv[2], on_error=errors.append)
uuids = []
for event in json.loads(EVENTS):
    who = event.get('distinct_id', event.get('$distinct_id'))
    said = {name: event.get(name) for name in ('properties', 'timestamp', 'uuid')}
    uuids.append(headwater.capture(event['event'], who, set=event.get('$set'), set_once=event.get('$set_once'), **said))
values = [decimal.Decimal('1e400'), decimal.Decimal('sNaN'), float('nan'), float('inf'), 2**70, b'\\xff', {1, 'a'},
          uuid.uuid4(), datetime.datetime.max, '\\ud800', '\\x00', {None: 1}, object(), [[[[]]]], '\\u2028', 1e-320]
for value in values:
    uuids.append(headwater.capture('value', 'ann', {'value': value}, timestamp=datetime.datetime.now()))
assert all(uuids) and headwater.flush() and errors == [], errors
print(json.dumps(uuids))
`
