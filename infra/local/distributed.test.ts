import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES, readConfig } from '../../core/shared/config.ts'
import { readDistributedConfig, withEnvFile } from './distributed.ts'

describe('our services beside a running infrastructure', () => {
  it('look for it where infra-local and the containers put it', () => {
    const { infrastructure, secrets, dataDir } = readDistributedConfig({})
    expect(infrastructure).toEqual({
      KAFKA_BROKERS: '127.0.0.1:9092',
      CLICKHOUSE_URL: 'http://127.0.0.1:18123',
      DATABASE_URL: 'postgres://headwater:headwater@127.0.0.1:5432/headwater',
      REDIS_URL: 'redis://127.0.0.1:6379',
    })
    expect(secrets).toEqual({})
    // Not the folder of `npm start`: what its edge still holds belongs to another log.
    expect(dataDir).toMatch(/\.data\/distributed$/)
  })

  it('take every address, password and secret from the environment', () => {
    const env = {
      KAFKA_BROKERS: 'a:9092,b:9092',
      KAFKA_REPLICATION: '3',
      CLICKHOUSE_PASSWORD: 'secret',
      REDIS_URL: '',
      BRIDGE_SECRET: 'b'.repeat(32),
      WRITE_KEY_SECRET: 'w'.repeat(32),
      AUTH_SECRET: 'a'.repeat(32),
      UNRELATED: 'x',
    }
    const { infrastructure, secrets } = readDistributedConfig(env)
    const config = readConfig({ ...infrastructure, ...secrets })
    expect(config).toMatchObject({
      KAFKA_BROKERS: ['a:9092', 'b:9092'],
      KAFKA_REPLICATION: 3,
      CLICKHOUSE_PASSWORD: 'secret',
      REDIS_URL: '',
    })
    expect(CONFIG_VARIABLES).toEqual(expect.arrayContaining(Object.keys(infrastructure)))
  })

  it('read the file of the containers when told to, with the environment over it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'headwater-distributed-'))
    const file = join(folder, '.env')
    writeFileSync(file, 'REDIS_URL=redis://:x@127.0.0.1:6379\nEDGE_PORT=8010\n')
    expect(withEnvFile(['--env', file], { EDGE_PORT: '8011' })).toEqual({
      REDIS_URL: 'redis://:x@127.0.0.1:6379',
      EDGE_PORT: '8011',
    })
    rmSync(folder, { recursive: true })
    expect(() => withEnvFile(['--env', file], {})).toThrow(file)
    expect(() => withEnvFile(['--env'], {})).toThrow('--env needs a file')
  })

  it('name the port that is none', () => {
    expect(() => readDistributedConfig({ CONSUMER_PORT: 'x' })).toThrow('invalid CONSUMER_PORT')
  })
})
