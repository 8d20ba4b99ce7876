import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readRegions } from '../regions.ts'
import { readLocalEdgeConfig } from './config.ts'

const SECRET = 'local-test-secret-of-32-characters-ok'
const NEEDED = { WRITE_KEY_SECRET: SECRET, BRIDGE_SECRET: SECRET }

it('passes on what the Worker understands, the own secrets of regions included, and no more', () => {
  const bindings = { ...NEEDED, REGIONS: '{}', BRIDGE_SECRET_EU: SECRET, SHARDS: '2' }
  expect(readLocalEdgeConfig({ ...bindings, AUTH_SECRET: SECRET, PATH: '/bin' }).bindings).toEqual({
    ...bindings,
    BRIDGE_URL: 'http://127.0.0.1:8003',
    AUTH_URL: 'http://127.0.0.1:8002',
  })
})

it('takes an empty variable for one that is not set', () => {
  expect(readLocalEdgeConfig({ ...NEEDED, REGIONS: '', EDGE_PORT: '' })).toMatchObject({
    port: 8000,
    bindings: NEEDED,
  })
})

it('understands the example of a region in wrangler.toml', () => {
  const toml = readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
  const [, name = '', lines = ''] = /^# \[vars\.REGIONS\.(.+)\]\n((?:# .+\n)+)/m.exec(toml) ?? []
  const settings = [...lines.matchAll(/^# (\w+) = "(.+)"$/gm)].map(([, key, value]) => [key, value])
  const faults: string[] = []
  const local = { name: 'local', bridgeUrl: '', bridgeSecret: '', authUrl: '', shards: 1 }
  const env = { REGIONS: { [name]: Object.fromEntries(settings) } }
  const eu = readRegions(env, local, faults).get('eu')
  expect(faults).toEqual([])
  expect(eu).toMatchObject({ bridgeUrl: 'https://bridge.eu.example.com', jurisdiction: 'eu' })
})
