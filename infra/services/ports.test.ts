import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { freePorts } from './ports.ts'

const COUNT = 600

it('gives no port to two processes, although nothing listens there yet', async () => {
  const ports = await freePorts(COUNT)
  const path = JSON.stringify(join(import.meta.dirname, 'ports.ts'))
  const script = `console.log(JSON.stringify(await (await import(${path})).freePorts(${COUNT})))`
  const other = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  expect(new Set([...ports, ...JSON.parse(other.stdout)]).size).toBe(2 * COUNT)
})
