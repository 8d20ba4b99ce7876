import { describe, expect, it } from 'vitest'
import { Gathering, type Place } from './gather.ts'

const keepAlive = (work: Promise<unknown>) => void work

describe('requests of one isolate', () => {
  it('are worked on together while a group is under way', async () => {
    const far = new FarSide()
    const first = far.join('a')
    await far.groups(1)
    const others = ['b', 'c', 'd'].map((text) => far.join(text))
    far.answer()
    await first
    await far.groups(2)
    far.answer()
    expect(await Promise.all(others)).toEqual(['b!', 'c!', 'd!'])
    expect(far.texts).toEqual(['a', 'bcd'])
  })

  it('all hear when their group fails, and only they', async () => {
    const far = new FarSide()
    const first = far.join('a')
    await far.groups(1)
    const together = [far.join('b'), far.join('c')]
    far.answer()
    await first
    await far.groups(2)
    const later = far.join('d')
    far.answer(new Error('no storage'))
    for (const request of together) await expect(request).rejects.toThrow('no storage')
    await far.groups(3)
    far.answer()
    await expect(later).resolves.toBe('d!')
    expect(far.texts).toEqual(['a', 'bc', 'd'])
  })

  it('do not wait behind a group that is slow, or never ends', async () => {
    const far = new FarSide(20)
    void far.join('a')
    await far.groups(1)
    const next = far.join('b')
    await far.groups(2)
    far.answerLast()
    await expect(next).resolves.toBe('b!')
    const more = far.join('c')
    await far.groups(3)
    far.answerLast()
    await expect(more).resolves.toBe('c!')
  })

  it('start a second group rather than let one grow beyond 1 MB', async () => {
    const far = new FarSide()
    const first = far.join('a')
    await far.groups(1)
    const others = Array.from({ length: 10 }, (_, i) => far.join(String(i), 300_000))
    far.answer()
    for (const count of [2, 3, 4, 5]) {
      await far.groups(count)
      far.answer()
    }
    await Promise.all([first, ...others])
    expect(far.texts).toEqual(['a', '012', '345', '678', '9'])
  })

  it('that are larger than a group are worked on alone', async () => {
    const far = new FarSide()
    const first = far.join('a')
    await far.groups(1)
    const others = [far.join('b', 5_000_000), far.join('c'), far.join('d')]
    far.answer()
    for (const count of [2, 3]) {
      await far.groups(count)
      far.answer()
    }
    await Promise.all([first, ...others])
    expect(far.texts).toEqual(['a', 'b', 'cd'])
  })
})

/** The far side of groups: answers when the test says so. */
class FarSide {
  readonly texts: string[] = []
  readonly #gathering: Gathering<string, string>
  readonly #open: { resolve: () => void; reject: (error: Error) => void }[] = []

  /** As a rule groups wait for each other, however slow the machine is. */
  constructor(holdMs = 10_000) {
    this.#gathering = new Gathering(holdMs)
  }

  join(text: string, bytes = 1): Promise<string> {
    return this.#gathering.join(text, bytes, (places) => this.#work(places), keepAlive)
  }

  async #work(places: readonly Place<string, string>[]): Promise<void> {
    this.texts.push(places.map(({ item }) => item).join(''))
    await new Promise<void>((resolve, reject) => this.#open.push({ resolve, reject }))
    for (const { item, resolve } of places) resolve(`${item}!`)
  }

  async groups(count: number): Promise<void> {
    for (let i = 0; i < 200 && this.texts.length < count; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(this.texts.length).toBe(count)
  }

  answer(error?: Error): void {
    const group = this.#open.shift()
    if (error) group?.reject(error)
    else group?.resolve()
  }

  answerLast(): void {
    this.#open.pop()?.resolve()
  }
}
