import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { requireTools } from './tools.ts'

const nothing = mkdtempSync(join(tmpdir(), 'headwater-tools-'))

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(nothing, { recursive: true, force: true })
})

it('finds all that the services need', () => {
  requireTools('Kafka', 'ClickHouse', 'PostgreSQL', 'Redis')
})

it('says what is missing, who needs it, and how Debian installs it', () => {
  vi.stubEnv('PATH', nothing)
  vi.stubEnv('JAVA_HOME', nothing)
  expect(() => requireTools('Kafka', 'Redis')).toThrow(
    /Kafka needs Java 17.*Redis needs redis-server.*apt-get install .*jre-headless.* redis-server/s,
  )
})
