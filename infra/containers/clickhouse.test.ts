import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { query } from 'chdb'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../local/config.ts'

const CONFIG = 'config.d/headwater.xml'
const USERS = 'users.d/headwater.xml'
const CLUSTER = 'cluster/cluster.xml'

describe("ClickHouse's configuration", () => {
  it.each([
    [CONFIG, /^ {4}<(\w+)>[^<\s]+</gm, 'server_settings'],
    [CONFIG, /^ {8}<(number_\w+)>/gm, 'merge_tree_settings'],
    [USERS, /^ {12}<((?:max|log)_\w+)>/gm, 'settings'],
  ])('in %s has only settings that ClickHouse knows', (file, pattern, table) => {
    const names = [...read(file).matchAll(pattern)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(2)
    const known = query(`SELECT name FROM system.${table}`, 'TSV').split('\n')
    expect(names.filter((name) => !known.includes(name))).toEqual([])
  })

  it.each([CONFIG, USERS, CLUSTER, 'keeper/keeper.xml'])('in %s is well-formed', (file) => {
    const open: string[] = []
    for (const [, end, name, alone] of read(file).matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
      if (end) expect(open.pop()).toBe(name)
      else if (name && !alone) open.push(name)
    }
    expect(open).toEqual([])
  })

  it('has one user, with a password, who comes from the network of the containers', () => {
    const users = read(USERS)
    expect(users).toContain('<password from_env="CLICKHOUSE_PASSWORD"/>')
    const networks = users.slice(users.indexOf('<networks>'), users.indexOf('</networks>'))
    const addresses = networks.match(/<ip.*/g)
    expect(addresses).toEqual([
      '<ip>127.0.0.1</ip>',
      '<ip>::1</ip>',
      '<ip from_env="CLICKHOUSE_NETWORK"/>',
    ])
  })

  it('has every replica and keeper of the compose file', () => {
    const compose = readFileSync(join(ROOT, 'infra/docker-compose.cluster.yml'), 'utf8')
    const hosts = [
      ...(read(CLUSTER) + read('keeper/keeper.xml')).matchAll(/<host(?:name)?>(.*?)</g),
    ]
    for (const [, host] of hosts) expect(compose).toMatch(new RegExp(`^  ${host}:$`, 'm'))
    expect(new Set(hosts.map(([, host]) => host)).size).toBe(5)
  })
})

function read(file: string): string {
  const text = readFileSync(join(ROOT, 'infra/clickhouse', file), 'utf8')
  return text.replace(/<!--.*?-->/gs, '')
}
