import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyWriteKey } from '@headwater/schemas/write-key'
import { expect, it } from 'vitest'
import { loadSecrets, readLocalConfig } from '../local/config.ts'
import { readOptions } from './options.ts'

const NOW = Date.UTC(2026, 10, 23, 15)
const read = (...argv: string[]) => readOptions([...argv, '--write-key', 'wk'], NOW)

it('loads 30 days up to now into this machine by default', async () => {
  const config = readLocalConfig({ EDGE_PORT: '8123' })
  const options = await readOptions(['--write-key', 'wk'], NOW, config)
  expect(options).toMatchObject({ seed: 42, days: 30, events: 50_000, endMs: NOW })
  expect(options.url).toBe('http://localhost:8123')
})

it('ends an earlier last day at its midnight, and today at this moment', async () => {
  expect((await read('--end-day', '2026-11-20')).endMs).toBe(Date.UTC(2026, 10, 21) - 1)
  expect((await read('--end-day', '2026-11-23')).endMs).toBe(NOW)
})

it.each([
  ['--seed', 'x'],
  ['--days', '0'],
  ['--events', '1.5'],
  ['--concurrency', '1000'],
  ['--end-day', 'yesterday'],
  ['--url', 'localhost:8000'],
])('refuses %s %s by name', async (name, value) => {
  await expect(read(name, value)).rejects.toThrow(`invalid ${name}`)
})

it('makes the write key of project default from the secrets of this machine', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'headwater-seed-'))
  const config = { ...readLocalConfig({}), dataDir }
  await expect(readOptions([], NOW, config)).rejects.toThrow('npm start')
  const { WRITE_KEY_SECRET } = loadSecrets(dataDir)
  const { writeKey } = await readOptions([], NOW, config)
  expect(await verifyWriteKey(WRITE_KEY_SECRET, writeKey)).toEqual({
    project_id: 'default',
    epoch: 1,
  })
  rmSync(dataDir, { recursive: true })
})
