import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileHost } from './clickhouse-host.ts'
import { isOnPath } from './tools.ts'

it.skipIf(!isOnPath('cc'))(
  'is compiled when several servers start at once for the first time',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headwater-host-'))
    const programs = await Promise.all([1, 2, 3].map(() => compileHost(folder)))
    expect(new Set(programs).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['clickhouse-host'])
    rmSync(folder, { recursive: true })
  },
)
