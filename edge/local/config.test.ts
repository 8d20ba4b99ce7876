import { expect, it } from 'vitest'
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
