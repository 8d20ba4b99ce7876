import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLUSTER_FILE, COMPOSE_FILE } from './compose.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-up-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('infra-up without a usable Docker', () => {
  it.each([
    ['there is none', null, 'Docker with the Compose plugin is not here'],
    ['it has no Compose', 'exit 1', 'Docker with the Compose plugin is not here'],
    ['its Compose is old', 'echo 2.20.3', 'Compose 2.20.3 is too old; 2.24.4'],
    ['no daemon runs', '[ "$1" = compose ] && echo v2.30.1', 'daemon does not answer'],
  ])('says so when %s, and what works instead', async (_, script, why) => {
    if (script) fakeDocker(script)
    const { code, output } = await run('up.ts')
    expect(code).toBe(1)
    expect(output).toContain(why)
    expect(output).toMatch(/npm start .*npm run infra-local .*npm run run-all /s)
    // Nothing is made before it is of use.
    expect(existsSync(join(folder, '.env'))).toBe(false)
  })
})

describe('the command line', () => {
  it.each([
    ['down.ts', [], '--file FILE --profile monitoring down --remove-orphans'],
    ['down.ts', ['--volumes'], '--file FILE --profile monitoring down --remove-orphans --volumes'],
    [
      'down.ts',
      ['--cluster'],
      '--file FILE --file CLUSTER --profile monitoring down --remove-orphans',
    ],
    ['up.ts', ['--infra'], '--file FILE up --detach --wait kafka clickhouse postgres redis'],
  ])('of %s %j is handed to Compose', async (script, args, expected) => {
    const log = join(folder, 'calls')
    fakeDocker(`case "$*" in *version*) echo 2.30.1;; *) echo "$*" >> ${log};; esac`)
    const { code, output } = await run(script, ...args)
    expect(output).not.toContain('error')
    expect(code).toBe(0)
    const call = readFileSync(log, 'utf8')
      .trim()
      .replace(CLUSTER_FILE, 'CLUSTER')
      .replace(COMPOSE_FILE, 'FILE')
    expect(call).toBe(`compose --env-file ${folder}/.env ${expected}`)
    expect(existsSync(join(folder, '.env'))).toBe(true)
  })

  it('refuses what it does not know', async () => {
    const { code, output } = await run('up.ts', '--cloud')
    expect(code).toBe(1)
    expect(output).toContain("Unknown option '--cloud'")
  })
})

function fakeDocker(script: string): void {
  writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'docker'), 0o755)
}

function run(script: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const path = join(import.meta.dirname, script)
  const env = { PATH: folder, INFRA_ENV_FILE: join(folder, '.env') }
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr })
    })
  })
}
