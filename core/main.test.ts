import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CoreProcess, SECRETS, spawnCore, startCore } from './core-process.ts'

let folder: string
let env: Record<string, string>
const started: CoreProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-main-'))
  env = { ...SECRETS, DATA_DIR: folder, AUTH_PORT: '0', QUERY_PORT: '0', BRIDGE_PORT: '0' }
})
afterEach(async () => {
  for (const core of started.splice(0)) {
    core.child.kill('SIGKILL')
    await core.exit
  }
  rmSync(folder, { recursive: true, force: true })
})

async function start(command: string): Promise<CoreProcess> {
  const core = await startCore(command, env)
  started.push(core)
  return core
}

describe('core/main.ts', () => {
  it.each([
    ['bridge', 'KAFKA_BROKERS is not set'],
    ['consumer', 'CLICKHOUSE_URL is not set'],
    ['query', 'CLICKHOUSE_URL is not set'],
    ['nonsense', 'usage: node core/main.ts all|auth|bridge|consumer|query'],
  ])('refuses "%s" in one line that says why', async (command, why) => {
    const { code, output } = await spawnCore(command, env).exit
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain(why)
  })

  it('names every variable that is wrong and starts nothing', async () => {
    const bad = { ...env, AUTH_PORT: 'eighty', BRIDGE_SECRET: 'short', LOG_LEVEL: 'loud' }
    const { code, output } = await spawnCore('auth', bad).exit
    expect(code).toBe(1)
    for (const name of ['AUTH_PORT', 'BRIDGE_SECRET', 'LOG_LEVEL']) expect(output).toContain(name)
  })

  it('serves auth alone, and keeps its users over a kill', async () => {
    const first = await start('auth')
    expect(await signIn(first, 'sign-up')).toBe(200)
    first.child.kill('SIGKILL')
    await first.exit
    const second = await start('auth')
    expect(await signIn(second, 'sign-in')).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.exit).toMatchObject({ code: 0 })
  })

  it('ends when its parent lets go of it', async () => {
    const core = await start('auth')
    core.child.disconnect()
    expect(await core.exit).toMatchObject({ code: 0 })
  })

  it('says so when its port is taken', async () => {
    const first = await start('auth')
    const other = mkdtempSync(join(tmpdir(), 'headwater-main-'))
    const { port } = new URL(first.urls.auth ?? '')
    const second = spawnCore('auth', { ...env, DATA_DIR: other, AUTH_PORT: port })
    const { code, output } = await second.exit
    rmSync(other, { recursive: true, force: true })
    expect(code).toBe(1)
    expect(output).toMatch(/core did not start: .*EADDRINUSE/)
  })
})

async function signIn(core: CoreProcess, how: 'sign-in' | 'sign-up'): Promise<number> {
  const { status } = await fetch(`${core.urls.auth}/api/auth/${how}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
    body: JSON.stringify({ name: 'ann', email: 'ann@example.com', password: 'correct horse' }),
  })
  return status
}
