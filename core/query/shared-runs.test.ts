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
    const first = runs.join('key', start, one.signal)
    const second = runs.join('key', start, two.signal)
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
    const gone = runs.join('key', () => new Promise(() => {}), controller.signal)
    controller.abort('left')
    await expect(gone).rejects.toBe('left')
    expect(await runs.join('key', async () => 'fresh')).toBe('fresh')
  })

  it('forgets a run that failed', async () => {
    const runs = new SharedRuns<string>()
    await expect(runs.join('key', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await runs.join('key', async () => 'back')).toBe('back')
  })
})
