import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ServiceProcess } from './process.ts'
import { processesIn } from './processes-in.ts'

const folder = mkdtempSync(join(tmpdir(), 'headwater-process-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('says how a service ended that did not come up, with the end of its log', async () => {
  const service = shell('echo no space left; exit 3')
  await expect(service.start()).rejects.toThrow(/exit code 3.*no space left/s)
  expect(service.pid).toBeUndefined()
})

it('says that a program is not there', async () => {
  const service = new ServiceProcess({
    name: 'absent',
    folder,
    command: ['no-such-program'],
    isReady: () => false,
  })
  await expect(service.start()).rejects.toThrow(/no-such-program/)
})

it('does not start twice', async () => {
  const service = shell('echo ready; exec sleep 60')
  await service.start()
  await expect(service.start()).rejects.toThrow('running already')
  await service.stop()
})

it('ends its children with it', async () => {
  const service = shell('sleep 60 & echo ready; wait')
  await service.start()
  expect(processesIn(folder)).toHaveLength(2)
  await service.kill()
  expect(processesIn(folder)).toEqual([])
})

it('ends by force what does not end in order', async () => {
  const service = shell("trap '' TERM; echo ready; exec sleep 60")
  await service.start()
  await service.stop()
  expect(processesIn(folder)).toEqual([])
})

function shell(script: string): ServiceProcess {
  return new ServiceProcess({
    name: 'shell',
    folder,
    command: ['sh', '-c', script],
    isReady: (output) => output.includes('ready'),
  })
}
