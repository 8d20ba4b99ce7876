import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processesIn } from './processes-in.ts'
import type { RealService } from './service.ts'

const STOP_MS = 15_000
const FROZEN_MS = 500

/** How the suite speaks to one kind of service. */
export interface Subject<S extends RealService> {
  start(folder: string): Promise<S>
  /** Resolves when the service has acknowledged the value. */
  write(service: S, value: string): Promise<void>
  /** All values, in the order written. */
  read(service: S): Promise<string[]>
}

export function describeService<S extends RealService>(name: string, subject: Subject<S>): void {
  describe(`RealService: ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'headwater-service-'))
    let service: S

    beforeAll(async () => {
      service = await subject.start(folder)
    })

    afterAll(async () => {
      await service?.kill()
      rmSync(folder, { recursive: true, force: true })
    })

    it('answers when it has started', async () => {
      await subject.write(service, 'first')
      expect(await subject.read(service)).toEqual(['first'])
    })

    it('keeps what it acknowledged over kill -9 and start', async () => {
      await subject.write(service, 'before the kill')
      await service.kill()
      expect(service.pid).toBeUndefined()
      expect(processesIn(folder)).toEqual([])
      await service.start()
      expect(await subject.read(service)).toEqual(['first', 'before the kill'])
    })

    it('waits under SIGSTOP and goes on after SIGCONT', async () => {
      service.signal('SIGSTOP')
      const reading = subject.read(service)
      const quick = await Promise.race([reading, sleep(FROZEN_MS, 'frozen')])
      service.signal('SIGCONT')
      expect(quick).toBe('frozen')
      expect(await reading).toHaveLength(2)
    })

    it('stops in order within 15 s, also when it is frozen, and leaves nothing running', async () => {
      service.signal('SIGSTOP')
      const started = Date.now()
      await service.stop()
      expect(Date.now() - started).toBeLessThan(STOP_MS)
      expect(processesIn(folder)).toEqual([])
      await service.stop()
      await service.kill()
    })

    it('starts again after a stop, with its data', async () => {
      await service.start()
      expect(await subject.read(service)).toEqual(['first', 'before the kill'])
    })
  })
}
