import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verifyWriteKey } from '@headwater/schemas/write-key'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ROOT } from '../local/config.ts'
import { ENV_FILE, ensureEnvFile } from './env-file.ts'

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'headwater-env-')), '.env')
})
afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }))

describe('the file of the secrets', () => {
  it('is made once, for its owner only', async () => {
    const made = await ensureEnvFile(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const text = readFileSync(path, 'utf8')
    expect(await ensureEnvFile(path)).toEqual(made)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('holds other secrets each time it is made, and a write key that its secret signed', async () => {
    const made = await ensureEnvFile(path)
    rmSync(path)
    const again = await ensureEnvFile(path)
    expect(again.BRIDGE_SECRET).not.toBe(made.BRIDGE_SECRET)
    const key = await verifyWriteKey(again.WRITE_KEY_SECRET ?? '', again.WRITE_KEY ?? '')
    expect(key).toEqual({ project_id: 'default', epoch: 1 })
  })

  it('is completed, with what it says kept', async () => {
    writeFileSync(path, 'POSTGRES_PASSWORD=mine\nPOSTGRES_PORT=15432\n')
    const { POSTGRES_PASSWORD, DATABASE_URL } = await ensureEnvFile(path)
    expect(POSTGRES_PASSWORD).toBe('mine')
    expect(DATABASE_URL).toBe('postgres://headwater:mine@127.0.0.1:15432/headwater')
    appendFileSync(path, 'EDGE_PORT=8010\n')
    expect((await ensureEnvFile(path)).EDGE_PORT).toBe('8010')
  })

  it('cannot get into the repository', () => {
    const ignored = execFileSync('git', ['check-ignore', ENV_FILE], { cwd: ROOT, encoding: 'utf8' })
    expect(ignored.trim()).toBe(ENV_FILE)
  })
})
