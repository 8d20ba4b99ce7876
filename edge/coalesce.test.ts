import { describe, expect, it } from 'vitest'
import { Coalescer } from './coalesce.ts'

const keepAlive = (work: Promise<unknown>) => void work

describe('requests of one isolate', () => {
  it('share one call per shard while another is under way', async () => {
    const far = new FarSide()
    const coalescer = new Coalescer(1_000)
    const first = coalescer.append(0, ['a'], far.call, keepAlive)
    await far.calls(1)
    const others = ['b', 'c', 'd'].map((text) => coalescer.append(0, [text], far.call, keepAlive))
    far.answer()
    await first
    await far.calls(2)
    far.answer()
    await Promise.all(others)
    expect(far.texts).toEqual(['a', 'bcd'])
  })

  it('wait for no other shard', async () => {
    const far = new FarSide()
    const coalescer = new Coalescer(1_000)
    const all = [0, 1, 2].map((shard) =>
      coalescer.append(shard, [String(shard)], far.call, keepAlive),
    )
    await far.calls(3)
    for (const _ of all) far.answer()
    await Promise.all(all)
  })

  it('all hear when their call fails, and only they', async () => {
    const far = new FarSide()
    const coalescer = new Coalescer(1_000)
    const append = (text: string) => coalescer.append(0, [text], far.call, keepAlive)
    const first = append('a')
    await far.calls(1)
    const together = [append('b'), append('c')]
    far.answer()
    await first
    await far.calls(2)
    const later = append('d')
    far.answer(new Error('no storage'))
    for (const request of together) await expect(request).rejects.toThrow('no storage')
    await far.calls(3)
    far.answer()
    await expect(later).resolves.toBeUndefined()
    expect(far.texts).toEqual(['a', 'bc', 'd'])
  })

  it('do not wait behind a call that never ends: after a while a new line begins', async () => {
    const far = new FarSide()
    const coalescer = new Coalescer(60)
    void coalescer.append(0, ['a'], far.call, keepAlive)
    await far.calls(1)
    void coalescer.append(0, ['b'], far.call, keepAlive)
    await new Promise((resolve) => setTimeout(resolve, 80))
    const next = coalescer.append(0, ['c'], far.call, keepAlive)
    await far.calls(2)
    far.answerLast()
    await expect(next).resolves.toBeUndefined()
    expect(far.texts).toEqual(['a', 'c'])
  })

  it('start a second call rather than one of more than 8 MB', async () => {
    const far = new FarSide()
    const coalescer = new Coalescer(1_000)
    const big = 'x'.repeat(1_000_000)
    const first = coalescer.append(0, ['a'], far.call, keepAlive)
    await far.calls(1)
    const others = Array.from({ length: 10 }, () => coalescer.append(0, [big], far.call, keepAlive))
    far.answer()
    await far.calls(2)
    far.answer()
    await far.calls(3)
    far.answer()
    await Promise.all([first, ...others])
    expect(far.sizes.every((size) => size <= 8 * 1024 * 1024)).toBe(true)
    expect(far.sizes.reduce((sum, size) => sum + size, 0)).toBe(10_000_001)
  })
})

/** The far side of shared calls: answers when the test says so. */
class FarSide {
  readonly texts: string[] = []
  readonly sizes: number[] = []
  readonly #open: { resolve: () => void; reject: (error: Error) => void }[] = []

  readonly call = (frames: readonly string[]): Promise<void> => {
    const text = frames.join('')
    this.sizes.push(text.length)
    this.texts.push(text)
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }))
  }

  async calls(count: number): Promise<void> {
    for (let i = 0; i < 100 && this.texts.length < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(this.texts.length).toBe(count)
  }

  answer(error?: Error): void {
    const call = this.#open.shift()
    if (error) call?.reject(error)
    else call?.resolve()
  }

  answerLast(): void {
    this.#open.pop()?.resolve()
  }
}
