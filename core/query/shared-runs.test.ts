import { describe, expect, it } from 'vitest'
import { SharedRuns } from './shared-runs.ts'

describe('shared runs', () => {
  it('stops only when the last of those who wait has gone away', async () => {
    const runs = new SharedRuns<string>()
    const [one, two] = [new AbortController(), new AbortController()]
    let stopped = false
    const start = (signal: AbortSignal) =>
      new Promise<string>((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true
          reject(signal.reason)
        })
      })
    const first = runs.join('key', start, { signal: one.signal })
    const second = runs.join('key', start, { signal: two.signal })
    one.abort('one left')
    await expect(first).rejects.toBe('one left')
    expect(stopped).toBe(false)
    two.abort('two left')
    await expect(second).rejects.toBe('two left')
    expect(stopped).toBe(true)
  })

  it('does not give a run that was stopped to who asks next', async () => {
    const runs = new SharedRuns<string>()
    const controller = new AbortController()
    const gone = runs.join('key', () => new Promise(() => {}), {
      signal: controller.signal,
    })
    controller.abort('left')
    await expect(gone).rejects.toBe('left')
    expect(await runs.join('key', async () => 'fresh')).toBe('fresh')
  })

  it('forgets a run that failed', async () => {
    const runs = new SharedRuns<string>()
    await expect(runs.join('key', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await runs.join('key', async () => 'back')).toBe('back')
  })

  it('tells everybody who waits how far it is', async () => {
    const runs = new SharedRuns<string, number>()
    const told: string[] = []
    const { promise, resolve } = Promise.withResolvers<string>()
    let tell = (_: number) => {}
    const start = (_: AbortSignal, to: (progress: number) => void) => {
      tell = to
      return promise
    }
    const left = new AbortController()
    const waiting = ['first', 'second'].map((name) =>
      runs.join('key', start, { onProgress: (progress) => told.push(`${name} ${progress}`) }),
    )
    const gone = runs.join('key', start, {
      signal: left.signal,
      onProgress: () => told.push('gone'),
    })
    left.abort('left')
    await expect(gone).rejects.toBe('left')
    tell(1)
    resolve('done')
    expect(await Promise.all(waiting)).toEqual(['done', 'done'])
    expect(told).toEqual(['first 1', 'second 1'])
  })
})
