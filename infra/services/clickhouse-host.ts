import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ROOT } from '../local/config.ts'
import { run } from './run.ts'
import { isOnPath } from './tools.ts'

const CACHE = join(ROOT, 'node_modules/.cache/headwater')

/** The command, up to ClickHouse's own arguments, that runs ClickHouse from the npm package of chDB. */
export async function clickHouseHost(): Promise<string[]> {
  const libc = process.platform === 'linux' ? '-gnu' : ''
  const name = `@chdb/lib-${process.platform}-${process.arch}${libc}`
  const library = join(dirname(createRequire(import.meta.url).resolve(name)), 'libchdb.so')
  if (isOnPath('cc')) return [await compileHost(), library]
  return ['python3', join(import.meta.dirname, 'clickhouse-host.py'), library]
}

async function compileHost(): Promise<string> {
  const program = join(CACHE, 'clickhouse-host')
  if (existsSync(program)) return program
  await mkdir(CACHE, { recursive: true })
  // Renamed into place: another process must not start half a program.
  const partial = `${program}.${process.pid}`
  const source = join(import.meta.dirname, 'clickhouse-host.c')
  await run(['cc', '-O1', '-o', partial, source, '-ldl'])
  await rename(partial, program)
  return program
}
