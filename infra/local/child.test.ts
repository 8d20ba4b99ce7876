import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Child } from './child.ts'
import { ROOT } from './config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-child-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A child as supervisors keep them: whenever it ends it is started again. */
function supervised(code: string): Child {
  const script = join(folder, 'service.mjs')
  writeFileSync(script, code)
  const child: Child = new Child(
    { name: 'service', command: [relative(ROOT, script)], env: {} },
    {
      logDir: folder,
      onSpawn() {},
      onReady() {},
      onExit: () => void child.restart(),
    },
  )
  return child
}

const startsFile = () => join(folder, 'starts')
const starts = () => readFileSync(startsFile(), 'utf8').length
const counting = (then: string) =>
  `import { appendFileSync } from 'node:fs'
   appendFileSync(${JSON.stringify(join(folder, 'starts'))}, 'x')
   ${then}`

it('starts a service that ends before it is ready ever more seldom', async () => {
  const child = supervised(counting('process.exit(1)'))
  await expect(child.start()).rejects.toThrow('exit code 1')
  await sleep(3_000)
  await child.stop()
  // After 0.3, 0.6 and 1.2 s.
  expect(starts()).toBeGreaterThan(2)
  expect(starts()).toBeLessThan(6)
})

it('starts a service once however often it is told to', async () => {
  const child = supervised(
    counting(`process.on('SIGTERM', () => process.exit(0))
      setInterval(() => {}, 1_000)
      console.log('{"ready":true}')`),
  )
  await Promise.all([child.restart(), child.restart(), child.restart()])
  await sleep(500)
  await child.stop()
  expect(starts()).toBe(1)
})
