import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../local/config.ts'

const SOURCE = join(import.meta.dirname, 'clickhouse-host.c')
const CACHE = join(ROOT, 'node_modules/.cache/headwater')

/** The command, up to ClickHouse's own arguments, that runs ClickHouse from the npm package of chDB. */
export async function clickHouseHost(): Promise<string[]> {
  const libc = process.platform === 'linux' ? '-gnu' : ''
  const name = `@chdb/lib-${process.platform}-${process.arch}${libc}`
  const library = join(dirname(createRequire(import.meta.url).resolve(name)), 'libchdb.so')
  return [await compileHost(), library]
}

async function compileHost(): Promise<string> {
  const program = join(CACHE, 'clickhouse-host')
  if (existsSync(program)) return program
  await mkdir(CACHE, { recursive: true })
  const partial = `${program}.${process.pid}`
  await promisify(execFile)('cc', ['-O1', '-o', partial, SOURCE, '-ldl'])
  await rename(partial, program)
  return program
}
