import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockFolder } from './folder-lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('lockFolder', () => {
  it('refuses a folder that another process holds, and gets it when that one is killed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD], {
      env: { FOLDER: folder, MODULE: join(import.meta.dirname, 'folder-lock.ts') },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    await expect(lockFolder(folder, 200)).rejects.toThrow(`another process uses the folder`)
    const waiting = lockFolder(folder, 5_000)
    holder.kill('SIGKILL')
    const lock = await waiting
    lock.release()
  })

  it('can be taken again after it was released', async () => {
    for (let i = 0; i < 3; i++) (await lockFolder(folder, 0)).release()
  })
})

const HOLD = `
const { lockFolder } = await import(process.env.MODULE)
await lockFolder(process.env.FOLDER)
console.log('held')
setInterval(() => {}, 1000)
`
