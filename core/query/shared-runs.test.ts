import { describe, expect, it } from 'vitest'
import { AnswerCache } from './answer-cache.ts'
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

describe('the answer cache', () => {
  it('gives up what was asked for longest ago when it is full', () => {
    const cache = new AnswerCache<number>(3)
    for (const n of [1, 2, 3]) cache.set(`${n}`, n, 1)
    cache.get('1')
    cache.set('4', 4, 1)
    expect(['1', '2', '3', '4'].map((key) => cache.get(key))).toEqual([1, undefined, 3, 4])
  })

  it('does not keep what alone is too heavy', () => {
    const cache = new AnswerCache<number>(3)
    cache.set('small', 1, 1)
    cache.set('big', 2, 4)
    expect([cache.get('small'), cache.get('big')]).toEqual([1, undefined])
  })
})
