import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES, readConfig } from '../../core/shared/config.ts'
import { readLocalEdgeConfig } from '../../edge/local/config.ts'
import { readConfig as readDemoConfig } from '../../sdks/demo/config.ts'
import { readConfig as readSiteConfig } from '../../site/config.ts'
import { ROOT } from '../local/config.ts'
import {
  CLUSTER_FILE,
  COMPOSE_FILE,
  readCompose,
  readPlain,
  requiredVariables,
  type Service,
} from './compose.ts'
import { makeVariables } from './env-file.ts'

const PROJECTS = [
  { name: 'the single node', files: [COMPOSE_FILE] },
  { name: 'the cluster', files: [COMPOSE_FILE, CLUSTER_FILE] },
]
/** The ports that the design names, and those of what watches. */
const PUBLISHED = {
  edge: ['8000:8000'],
  bridge: ['8003:8003'],
  kafka: ['9092:9092'],
  consumer: ['8004:8004'],
  clickhouse: ['18123:8123', '19000:9000'],
  query: ['8001:8001'],
  auth: ['8002:8002'],
  postgres: ['5432:5432'],
  redis: ['6379:6379'],
  site: ['3000:3000'],
  demo: ['8080:8080'],
  prometheus: ['9090:9090'],
  grafana: ['3001:3000'],
}
const EXACT_TAG = /^[\w./-]+:v?\d+\.\d+\.\d+(\.\d+)?(-[a-z]+)?$|^postgres:\d+\.\d+-bookworm$/
const GIB = 1024 ** 3
const env = await makeVariables({})

describe.each(PROJECTS)('$name', ({ files }) => {
  const project = readCompose(files, env)
  const services = Object.entries(project.services)
  const core = services.filter(([, { image }]) => image?.startsWith('headwater/core:'))

  it.each(services)('keeps %s small, without rights, and watched', (_, service) => {
    expect(service.image).toMatch(EXACT_TAG)
    expect(service.user).not.toMatch(/^(root|0)?$/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.read_only).toBe(true)
    expect(service.restart).toMatch(/^(unless-stopped|on-failure:\d)$/)
    expect(service.stop_grace_period).toMatch(/^\d+s$/)
    expect(service.logging?.options).toMatchObject({ 'max-size': '10m', 'max-file': '3' })
    const { cpus, memory, pids } = service.deploy?.resources?.limits ?? {}
    expect(Number(cpus)).toBeGreaterThan(0)
    expect(bytes(memory)).toBeGreaterThan(0)
    expect(pids).toBeGreaterThan(0)
    // What ends by itself has nothing to be asked.
    if (service.restart === 'unless-stopped') expect(service.healthcheck?.test).toBeDefined()
    else expect(service.healthcheck?.disable).toBe(true)
  })

  it.each(services)('starts %s after services that are there', (_, { depends_on = {} }) => {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const needed = project.services[name]
      if (condition === 'service_healthy') expect(needed?.healthcheck?.test, name).toBeDefined()
      else if (condition === 'service_started') expect(needed, name).toBeDefined()
      else expect(needed?.restart, name).toMatch(/^on-failure/)
    }
  })

  it('publishes on loopback only, each port once', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? [])
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    const published = ports.map((port) => port.split(':')[1])
    expect(new Set(published).size).toBe(published.length)
  })

  it('declares every volume and network, and mounts only files that are there, read-only', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes)
    const [binds, volumes] = [mounts.filter(isBind), mounts.filter((mount) => !isBind(mount))]
    for (const bind of binds) {
      const [source = '', , mode] = bind.split(':')
      expect(existsSync(join(ROOT, 'infra', source)), source).toBe(true)
      expect(mode).toBe('ro')
    }
    const named = volumes.map((volume) => volume.split(':')[0])
    expect(named.toSorted()).toEqual(Object.keys(project.volumes).toSorted())
    const networks = services.flatMap(([, service]) => service.networks ?? [])
    expect(new Set(networks)).toEqual(new Set(Object.keys(project.networks)))
  })

  it.each(core)(
    'gives %s variables that the core knows, and a configuration that it takes',
    (name, service) => {
      const given = service.environment ?? {}
      expect(CONFIG_VARIABLES).toEqual(expect.arrayContaining(Object.keys(given)))
      const config = readConfig(given)
      expect(config.HOST).toBe('0.0.0.0')
      const [command = name] = service.command ?? []
      if (/^(bridge|consumer|query)$/.test(command)) expect(config.KAFKA_BROKERS).not.toEqual([])
      if (/^(consumer|query|init-ch)$/.test(command)) {
        expect(config.CLICKHOUSE_URL && config.CLICKHOUSE_PASSWORD).not.toBe('')
      }
      if (command === 'query') expect(config.INTERNAL_AUTH_URL && config.REDIS_URL).not.toBe('')
      if (/^(auth|query)$/.test(command)) expect(config.DATABASE_URL).not.toBe('')
    },
  )

  it('gives the edge and the pages a configuration that they take', () => {
    const { edge, site, demo } = project.services
    expect(readLocalEdgeConfig(edge?.environment).dataDir).toBe('/data/edge')
    expect(readSiteConfig(site?.environment).SITE_PORT).toBe(3000)
    expect(readDemoConfig(demo?.environment).port).toBe(8080)
  })

  it.each(services)('sends %s only to names on its own networks', (name, service) => {
    for (const host of hostsIn(service)) {
      if (host === name) continue
      const shared = project.services[host]?.networks?.filter((network) =>
        service.networks?.includes(network),
      )
      expect(shared?.length, `${name} → ${host}`).toBeGreaterThan(0)
    }
  })

  it('keeps databases out of reach of the edge and the pages', () => {
    for (const [name, { networks }] of services) {
      if (/^(edge|site|demo)$/.test(name)) expect(networks).toEqual(['front'])
      if (/^(kafka|clickhouse|keeper|postgres|redis)/.test(name)) expect(networks).toEqual(['back'])
    }
  })

  it('is Compose to the letter of its schema', () => {
    const schema = JSON.parse(
      readFileSync(join(ROOT, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'),
    )
    const ajv = new Ajv({
      strict: false,
      validateFormats: false,
      meta: false,
      validateSchema: false,
    })
    const validate = ajv.compile({ ...schema, $schema: undefined })
    for (const file of files) {
      validate(readPlain(file))
      expect(validate.errors, file).toBeNull()
    }
  })

  it.runIf(hasCompose())('is read by docker compose', () => {
    const args = files.flatMap((file) => ['--file', file])
    execFileSync('docker', ['compose', ...args, 'config', '--quiet'], {
      env: { ...process.env, ...env },
    })
  })
})

it('publishes the ports of the design', () => {
  const { services } = readCompose([COMPOSE_FILE], env)
  const published = Object.entries(services).flatMap(([name, { ports }]) =>
    ports ? [[name, ports.map((port) => port.replace('127.0.0.1:', ''))]] : [],
  )
  expect(Object.fromEntries(published)).toEqual(PUBLISHED)
})

it('fits on a machine of 8 GB, and the cluster on one of 16', () => {
  const total = (files: string[]) =>
    Object.values(readCompose(files, env).services)
      .filter(({ profiles }) => !profiles)
      .reduce((sum, { deploy }) => sum + bytes(deploy?.resources?.limits?.memory), 0)
  expect(total([COMPOSE_FILE]) / GIB).toBeLessThan(9)
  expect(total([COMPOSE_FILE, CLUSTER_FILE]) / GIB).toBeLessThan(17)
})

it('asks for no variable that infra-up does not make, and keeps no secret itself', () => {
  const required = requiredVariables([COMPOSE_FILE, CLUSTER_FILE])
  expect(Object.keys(env)).toEqual(expect.arrayContaining([...required]))
  expect(() => readCompose([COMPOSE_FILE], {})).toThrow(/WRITE_KEY_SECRET is not set/)
  for (const file of [COMPOSE_FILE, CLUSTER_FILE]) {
    expect(readFileSync(file, 'utf8')).not.toMatch(/(PASSWORD|SECRET): (?!\$\{)/)
  }
})

it('names our images by the version of this repository', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const images = Object.values(readCompose([COMPOSE_FILE], env).services).map(({ image }) => image)
  const ours = images.filter((image) => image?.startsWith('headwater/'))
  for (const image of ours) expect(image).toMatch(new RegExp(`:${version}$`))
})

it('runs the Kafka that the tests run', () => {
  const pom = readFileSync(join(ROOT, 'infra/services/kafka/pom.xml'), 'utf8')
  const [, version] = /<kafka\.version>(.*)<\/kafka\.version>/.exec(pom) ?? []
  const { kafka } = readCompose([COMPOSE_FILE], env).services
  expect(kafka?.image).toBe(`apache/kafka:${version}`)
})

function isBind(mount: string): boolean {
  return mount.startsWith('./')
}

function bytes(memory = ''): number {
  const [, number, unit] = /^(\d+)([MG])$/.exec(memory) ?? []
  return Number(number ?? 0) * (unit === 'G' ? GIB : 1024 ** 2)
}

// Names of other containers in what a service is told, but for addresses that are for browsers.
function hostsIn({ environment = {} }: Service): string[] {
  const addresses = Object.entries(environment).filter(
    ([name]) => !/^(CLUSTER_ID|KAFKA_(?!BROKERS))/.test(name),
  )
  return addresses
    .flatMap(([, value]) => [...value.matchAll(/([a-z][a-z0-9-]*):\d{4,5}\b/g)])
    .map(([, host = '']) => host)
    .filter((host) => host !== 'localhost')
}

function hasCompose(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
