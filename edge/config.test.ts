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
  const { regions, ...config } = edgeConfig(GOOD)
  expect(config).toMatchObject({
    sealMaxAgeMs: 500,
    shareCalls: true,
    keepIp: false,
    pathPrefixes: ['/ingest'],
    allowNoJurisdiction: false,
  })
  expect([...regions]).toEqual([
    [
      'local',
      {
        name: 'local',
        bridgeUrl: 'https://bridge.example',
        bridgeSecret: GOOD.BRIDGE_SECRET,
        authUrl: 'https://auth.example',
        authSecret: GOOD.BRIDGE_SECRET,
        shards: ['local:0'],
        jurisdiction: null,
        locationHint: null,
      },
    ],
  ])
})

it('takes several prefixes of the path, or none', () => {
  const prefixes = (text: string) => edgeConfig({ ...GOOD, PATH_PREFIXES: text }).pathPrefixes
  expect(prefixes('/hw, /shop/events')).toEqual(['/hw', '/shop/events'])
  expect(prefixes('')).toEqual([])
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
    PATH_PREFIXES: '/a, b',
  }
  for (const name of [
    'WRITE_KEY_SECRET',
    'BRIDGE_URL',
    'REGION',
    'SHARDS',
    'SEAL_MAX_BYTES',
    'SHARE_CALLS',
    'PATH_PREFIXES',
  ]) {
    expect(() => edgeConfig({ ...bad })).toThrow(name)
  }
  expect(() => edgeConfig({ ...bad })).not.toThrow('too-short-secret')
})

it('reads regions from an object or its JSON; what they leave out is the default region’s', () => {
  const REGIONS = {
    eu: {
      bridge_url: 'https://eu.example/',
      auth_url: 'https://auth.eu.example',
      jurisdiction: 'eu',
    },
    'us-east': { bridge_url: 'https://us.example', location_hint: 'enam' },
    local: { location_hint: 'weur' },
  }
  const BRIDGE_SECRET_EU = 'e'.repeat(32)
  const BRIDGE_SECRET_US_EAST = 'u'.repeat(32)
  const own = { SHARDS: '2', BRIDGE_SECRET_EU, BRIDGE_SECRET_US_EAST }
  const { regions } = edgeConfig({ ...GOOD, ...own, REGIONS })
  expect(edgeConfig({ ...GOOD, ...own, REGIONS: JSON.stringify(REGIONS) }).regions).toEqual(regions)
  expect([...regions.values()]).toMatchObject([
    { name: 'local', bridgeUrl: 'https://bridge.example', locationHint: 'weur' },
    {
      name: 'eu',
      bridgeUrl: 'https://eu.example',
      bridgeSecret: BRIDGE_SECRET_EU,
      authUrl: 'https://auth.eu.example',
      authSecret: BRIDGE_SECRET_EU,
      shards: ['eu:0', 'eu:1'],
      jurisdiction: 'eu',
      locationHint: null,
    },
    {
      name: 'us-east',
      bridgeSecret: BRIDGE_SECRET_US_EAST,
      authUrl: 'https://auth.example',
      authSecret: GOOD.BRIDGE_SECRET,
      jurisdiction: null,
      locationHint: 'enam',
    },
  ])
})

it.each([
  ['no JSON', 'eu', 'REGIONS: must be a JSON object'],
  ['a list', ['eu'], 'REGIONS: must be a JSON object'],
  ['a name that no id can hold', { EU: { bridge_url: 'https://eu' } }, 'REGIONS: "EU" must be'],
  ['a name that is too long', { 'eleven-long': {} }, 'REGIONS: "eleven-long" must be'],
  ['no settings', { eu: 'https://eu' }, 'REGIONS.eu: must be an object'],
  ['no bridge', { eu: {} }, 'REGIONS.eu.bridge_url: must be a URL'],
  ['a bad auth service', regionOf({ auth_url: 'auth' }), 'REGIONS.eu.auth_url: must be a URL'],
  [
    'a jurisdiction that there is not',
    regionOf({ jurisdiction: 'europe' }),
    'REGIONS.eu.jurisdiction: must be one of eu, us',
  ],
  ['a bad hint', regionOf({ location_hint: 'mars' }), 'REGIONS.eu.location_hint: must be one of'],
  ['a slip', regionOf({ juristiction: 'eu' }), 'REGIONS.eu.juristiction: is no setting'],
  [
    'another bridge for the default region',
    { local: { bridge_url: 'https://b' } },
    'REGIONS.local.bridge_url: is no setting',
  ],
])('refuses REGIONS with %s', (_what, REGIONS, fault) => {
  expect(() => edgeConfig({ ...GOOD, REGIONS })).toThrow(fault)
})

it('refuses a region’s secret that is too short, and does not show it', () => {
  const bad = { ...GOOD, REGIONS: regionOf({}), BRIDGE_SECRET_EU: 'too-short-secret' }
  expect(() => edgeConfig(bad)).toThrow('BRIDGE_SECRET_EU: must have at least 32 characters')
  expect(() => edgeConfig({ ...bad })).not.toThrow('too-short-secret')
})

function regionOf(settings: object): object {
  return { eu: { bridge_url: 'https://eu.example', ...settings } }
}
