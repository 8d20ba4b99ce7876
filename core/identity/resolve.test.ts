import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JournalEntry, NO_TARGET } from './journal.ts'
import { PersonSets } from './person-sets.ts'
import { resolve } from './resolve.ts'
import { resolvePlainly } from './resolve-reference.ts'

const uuidOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const link = (
  n: number,
  kind: JournalEntry['kind'],
  from_id: string,
  to_id: string,
): JournalEntry => ({ uuid: uuidOf(n), kind, from_id, to_id, target: NO_TARGET, timestamp: n })
const act = (n: number, kind: 'undo' | 'redo', of: JournalEntry): JournalEntry => ({
  ...of,
  uuid: uuidOf(n),
  kind,
  target: of.uuid,
  timestamp: n,
})
const canonicals = (entries: readonly JournalEntry[]) =>
  Object.fromEntries([...resolve(entries).persons].map(([id, { canonical }]) => [id, canonical]))
const statesOf = (entries: readonly JournalEntry[]) => [...resolve(entries).states.values()]

describe('links', () => {
  it('an anonymous id joins the person that it is identified as', () => {
    expect(canonicals([link(1, 'identify', 'anon', 'ann')])).toEqual({ anon: 'ann', ann: 'ann' })
  })

  it('identify never makes two known persons one, and says so', () => {
    const entries = [link(1, 'identify', 'anon', 'ann'), link(2, 'identify', 'anon', 'bob')]
    expect(canonicals(entries)).toEqual({ anon: 'ann', ann: 'ann', bob: 'bob' })
    expect(statesOf(entries)).toEqual(['joined', 'refused_identified'])
  })

  it('a person who was refused once is known, and is not given away later', () => {
    const entries = [
      link(1, 'identify', 'anon', 'ann'),
      link(2, 'identify', 'ann', 'bob'),
      link(3, 'create_alias', 'bob', 'cem'),
    ]
    expect(statesOf(entries)).toEqual(['joined', 'refused_identified', 'refused_identified'])
  })

  it('an alias joins, but not when it is somebody already', () => {
    const entries = [link(1, 'create_alias', 'x', 'ann'), link(2, 'create_alias', 'ann', 'bob')]
    expect(statesOf(entries)).toEqual(['joined', 'refused_identified'])
  })

  it.each(['merge', 'merge_dangerously'] as const)('%s makes any two one', (kind) => {
    const entries = [
      link(1, 'identify', 'a1', 'ann'),
      link(2, 'identify', 'b1', 'bob'),
      link(3, kind, 'ann', 'bob'),
    ]
    expect(new Set(Object.values(canonicals(entries)))).toEqual(new Set(['bob']))
  })

  it.each(['null', 'undefined', 'anonymous', ' Guest ', '"null"', '[object Object]', '0', ' '])(
    'the id %j joins nobody, whatever asks for it',
    (id) => {
      const entries = [
        link(1, 'merge_dangerously', id, 'ann'),
        link(2, 'merge_dangerously', id, 'bob'),
      ]
      expect(resolve(entries).persons.size).toBe(0)
      expect(statesOf(entries)).toEqual(['refused_id', 'refused_id'])
    },
  )

  it('of two links with one uuid the first counts, in whatever order they come', () => {
    const [first, second] = [link(1, 'identify', 'a', 'ann'), link(2, 'identify', 'b', 'bob')]
    const copy = { ...second, uuid: first.uuid }
    expect(canonicals([copy, first])).toEqual({ a: 'ann', ann: 'ann' })
  })
})

describe('an undo', () => {
  const entries = [link(1, 'identify', 'anon', 'ann'), link(2, 'identify', 'anon', 'bob')]
  it('separates persons, and lets in what was refused because of the link', () => {
    const undone = [...entries, act(3, 'undo', entries[0] as JournalEntry)]
    expect(canonicals(undone)).toEqual({ anon: 'bob', ann: 'ann', bob: 'bob' })
    expect(statesOf(undone)).toEqual(['undone', 'joined'])
  })

  it('is undone by a redo, and the last word holds', () => {
    const [first] = entries as [JournalEntry]
    const redone = [...entries, act(4, 'redo', first), act(3, 'undo', first)]
    expect(canonicals(redone)).toEqual(canonicals(entries))
    expect(canonicals([...redone, act(5, 'undo', first)]).anon).toBe('bob')
  })
})

const KINDS = ['identify', 'create_alias', 'merge_dangerously', 'merge'] as const
const anyLink = fc.record({
  kind: fc.constantFrom(...KINDS),
  from: fc.nat(7),
  to: fc.nat(7),
  timestamp: fc.nat(5),
})
/** Journals of a few ids, so that they meet; some links are undone and redone. */
const journal = fc
  .record({
    links: fc.array(anyLink, { maxLength: 14 }),
    acts: fc.array(
      fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const), of: fc.nat(13) }),
      { maxLength: 6 },
    ),
  })
  .map(({ links, acts }) => {
    const entries = links.map(({ kind, from, to, timestamp }, i) => ({
      ...link(i, kind, `id${from}`, `id${to}`),
      timestamp,
    }))
    const done = acts.flatMap(({ kind, of }, i) => {
      const target = entries[of]
      return target ? [act(100 + i, kind, target)] : []
    })
    return [...entries, ...done]
  })
const shuffled = (entries: readonly JournalEntry[]) =>
  fc.shuffledSubarray([...entries, ...entries], { minLength: entries.length * 2 })

describe('the mapping', () => {
  it('is what the plainest way comes to', () => {
    const property = fc.property(journal, (entries) => {
      const { states } = resolve(entries)
      const plain = resolvePlainly(entries)
      expect(canonicals(entries)).toEqual(plain.canonicals)
      expect(Object.fromEntries(states)).toEqual(plain.states)
    })
    fc.assert(property, { numRuns: 2_000 })
  })

  it('depends neither on the order of arrival nor on copies', () => {
    const arrivals = journal.chain((entries) => fc.tuple(fc.constant(entries), shuffled(entries)))
    const property = fc.property(arrivals, ([entries, arrived]) => {
      const sorted = (r: ReturnType<typeof resolve>) => [
        [...r.persons].sort(),
        [...r.states].sort(),
      ]
      expect(sorted(resolve(arrived))).toEqual(sorted(resolve(entries)))
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it('is, of an undone link, as if it had never been', () => {
    const property = fc.property(journal, fc.nat(13), (entries, at) => {
      const links = entries.filter(({ kind }) => kind !== 'undo' && kind !== 'redo')
      const target = links[at]
      if (!target) return
      const undone = canonicals([...links, act(999, 'undo', target)])
      const never = canonicals(links.filter((entry) => entry !== target))
      for (const [id, canonical] of Object.entries(undone)) expect(canonical).toBe(never[id] ?? id)
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it('can be made group by group', () => {
    const property = fc.property(journal, (entries) => {
      const whole = resolve(entries).persons
      for (const root of new Set([...whole.values()].map((person) => person.root))) {
        const own = entries.filter(({ from_id }) => whole.get(from_id)?.root === root)
        for (const [id, person] of resolve(own).persons) expect(person).toEqual(whole.get(id))
      }
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it('has a greater version when anything is added', () => {
    const property = fc.property(journal, (entries) => {
      if (entries.length < 2) return
      const less = resolve(entries.slice(0, -1)).persons
      for (const [id, { version, canonical }] of resolve(entries).persons) {
        const before = less.get(id)
        if (before && before.canonical !== canonical)
          expect(version).toBeGreaterThan(before.version)
      }
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})

describe('a storm of links', () => {
  const shapes: Record<string, (n: number) => JournalEntry> = {
    'a star': (n) => link(n, 'identify', `anon${n}`, 'ann'),
    'a chain': (n) => link(n, 'merge_dangerously', `id${n}`, `id${n + 1}`),
    'a chain from its end': (n) => link(1e6 - n, 'merge_dangerously', `id${n}`, `id${n + 1}`),
    'a circle': (n) => link(n, 'merge', `id${n % 500}`, `id${(n + 1) % 500}`),
  }

  it.each(Object.entries(shapes))('%s takes steps in proportion to its size', (_, shape) => {
    const steps = (size: number) => {
      const sets = new PersonSets()
      for (let n = 0; n < size; n++) {
        const { from_id, to_id } = shape(n)
        sets.join(sets.find(from_id), sets.find(to_id))
      }
      return sets.steps
    }
    expect(steps(100_000) / steps(10_000)).toBeLessThan(15)
  })

  it.each(Object.entries(shapes))(
    '%s of 100,000 is one person, soon',
    (_, shape) => {
      const storm = Array.from({ length: 100_000 }, (_, n) => shape(n))
      const started = process.cpuUsage()
      const names = new Set([...resolve(storm).persons.values()].map(({ canonical }) => canonical))
      expect(names.size).toBe(1)
      // 0.3 s on an idle machine; comparing each with each would take minutes.
      expect(process.cpuUsage(started).user / 1e6).toBeLessThan(15)
    },
    60_000,
  )
})
