import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { edgeConfig } from './config.ts'

const GOOD = {
  BUFFER: env.BUFFER,
  WRITE_KEY_SECRET: 'w'.repeat(32),
  BRIDGE_SECRET: 'b'.repeat(32),
  BRIDGE_URL: 'https://bridge.example/',
  AUTH_URL: 'https://auth.example',
}

it('needs only secrets and addresses; everything else has a default', () => {
  expect(edgeConfig(GOOD)).toMatchObject({
    bridgeUrl: 'https://bridge.example',
    region: 'local',
    shards: 1,
    sealMaxAgeMs: 500,
    shareCalls: true,
    keepIp: false,
  })
})

it('refuses bad bindings, all of them by name, and shows no secret', () => {
  const bad = {
    ...GOOD,
    WRITE_KEY_SECRET: 'too-short-secret',
    BRIDGE_URL: 'bridge',
    REGION: 'Europe/West',
    SHARDS: '0',
    SEAL_MAX_BYTES: '9000000',
    SHARE_CALLS: 'maybe',
  }
  for (const name of [
    'WRITE_KEY_SECRET',
    'BRIDGE_URL',
    'REGION',
    'SHARDS',
    'SEAL_MAX_BYTES',
    'SHARE_CALLS',
  ]) {
    expect(() => edgeConfig({ ...bad })).toThrow(name)
  }
  expect(() => edgeConfig({ ...bad })).not.toThrow('too-short-secret')
})
