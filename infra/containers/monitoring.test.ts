import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../local/config.ts'
import { CLUSTER_FILE, COMPOSE_FILE, readCompose } from './compose.ts'
import { makeVariables } from './env-file.ts'

const INFRA = join(ROOT, 'infra')
const read = (path: string) => readFileSync(join(INFRA, path), 'utf8')
const { services } = readCompose([COMPOSE_FILE, CLUSTER_FILE], await makeVariables({}))

interface Target {
  targets: string[]
  labels: { job: string }
}

describe('Prometheus', () => {
  const targets = ['services', 'cluster'].flatMap(
    (name) => parse(read(`prometheus/targets/${name}.yml`)) as Target[],
  )

  it('asks every service of ours that counts, each at the port where it answers', () => {
    const asked = targets.flatMap(({ targets: addresses }) => addresses)
    const ours = ['edge', 'bridge', 'consumer', 'query', 'auth', 'bridge-2', 'consumer-2']
    for (const name of ours) {
      const health = services[name]?.healthcheck?.test?.join(' ') ?? ''
      const [, port] = /127\.0\.0\.1:(\d+)\/_(?:health|live)/.exec(health) ?? []
      expect(asked).toContain(`${name}:${port}`)
    }
    const names = asked.map((address) => address.split(':')[0] ?? '')
    for (const name of names) expect(services[name]?.networks, name).toBeDefined()
  })

  it.each(['prometheus/alerts.yml', 'grafana/dashboards/headwater.json'])(
    'knows every figure that %s is about',
    (path) => {
      const known = sources().match(/headwater_\w+|(?<=metric\(\s*')\w+/g) ?? []
      const names = new Set(known.map((name) => name.replace(/^(?!headwater_)/, 'headwater_edge_')))
      const used = read(path).match(/headwater_\w+/g) ?? []
      expect(used.length).toBeGreaterThan(3)
      for (const name of used) expect(names).toContain(name.replace(/_bucket$/, ''))
    },
  )
})

function sources(): string {
  const files = globSync(
    ['edge/*.ts', 'core/{alerts,auth,bridge,consumer,identity,query,shared}/*.ts'],
    {
      cwd: ROOT,
    },
  )
  return files.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n')
}
