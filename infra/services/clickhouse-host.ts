import { randomUUID } from 'node:crypto'
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
  if (isOnPath('cc')) return [await compileHost(CACHE), library]
  return ['python3', join(import.meta.dirname, 'clickhouse-host.py'), library]
}

/** The program in that folder, compiled when it is not there; also when several want it at once. */
export async function compileHost(folder: string): Promise<string> {
  const program = join(folder, 'clickhouse-host')
  if (existsSync(program)) return program
  await mkdir(folder, { recursive: true })
  // Renamed into place: nobody must start half a program.
  const partial = `${program}.${randomUUID()}`
  const source = join(import.meta.dirname, 'clickhouse-host.c')
  await run(['cc', '-O1', '-o', partial, source, '-ldl'])
  await rename(partial, program)
  return program
}
