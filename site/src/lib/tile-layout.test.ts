import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  COLUMNS,
  changeTile,
  MOVES,
  nextPlace,
  type Place,
  placeTile,
  removeTile,
  SIZES,
  settleTiles,
} from './tile-layout.ts'

interface Named extends Place {
  name: string
}

const tile = (name: string, x: number, y: number, w = 6, h = 4): Named => ({ name, x, y, w, h })
const order = (tiles: readonly Named[]) => tiles.map(({ name }) => name).join('')

describe('the layout of tiles', () => {
  it('exchanges a tile with the one above it, and with the one beneath it', () => {
    const [a, b, c] = [tile('a', 0, 0), tile('b', 0, 4), tile('c', 0, 8)]
    expect(order(changeTile([a, b, c], b, 'up'))).toBe('bac')
    expect(order(changeTile([a, b, c], b, 'down'))).toBe('acb')
    expect(order(changeTile([a, b, c], a, 'up'))).toBe('abc')
    expect(order(changeTile([a, b, c], c, 'down'))).toBe('abc')
  })

  it('pushes down what a wider tile would lie on', () => {
    const [a, b] = [tile('a', 0, 0), tile('b', 6, 0)]
    expect(changeTile([a, b], a, 'wider')).toEqual([tile('a', 0, 0, 7), tile('b', 6, 4)])
  })

  it('widens to the left at the right edge', () => {
    const a = tile('a', 6, 0)
    expect(changeTile([a], a, 'wider')).toEqual([tile('a', 5, 0, 7)])
  })

  it('moves up what stood beneath a removed tile', () => {
    const [a, b] = [tile('a', 0, 0), tile('b', 0, 4)]
    expect(removeTile([a, b], a)).toEqual([tile('b', 0, 0)])
  })

  it('puts a new tile beside the last one, else beneath all', () => {
    const size = { w: 6, h: 4 }
    expect(nextPlace([], size)).toEqual({ x: 0, y: 0, ...size })
    expect(nextPlace([tile('a', 0, 0)], size)).toEqual({ x: 6, y: 0, ...size })
    expect(nextPlace([tile('a', 0, 0), tile('b', 6, 0)], size)).toEqual({ x: 0, y: 4, ...size })
  })

  it('puts a dragged tile where it is wanted, within the grid, and makes room', () => {
    const [a, b] = [tile('a', 0, 0), tile('b', 6, 0)]
    expect(placeTile([a, b], b, { ...b, x: 1, y: -3 })).toEqual([tile('b', 1, 0), tile('a', 0, 4)])
    expect(placeTile([a, b], a, { ...a, x: 20 })).toEqual([tile('a', 6, 0), tile('b', 6, 4)])
    expect(placeTile([a, b], a, { ...a, y: 9 })).toEqual([tile('a', 0, 0), tile('b', 6, 0)])
    expect(placeTile([a], a, { ...a, w: 30, h: 0 })).toEqual([tile('a', 0, 0, 12, 1)])
    expect(placeTile([b], b, { ...b, w: 30 })).toEqual([b])
  })

  it('never lets tiles lie on each other, or leave the grid, whatever is done', () => {
    const places = fc.record({
      x: fc.nat(COLUMNS - 1),
      y: fc.nat(12),
      w: fc.integer({ min: 1, max: COLUMNS }),
      h: fc.integer({ min: 1, max: 6 }),
    })
    const wanted = fc.record({
      x: fc.integer({ min: -20, max: 20 }),
      y: fc.integer({ min: -20, max: 40 }),
      w: fc.integer({ min: -20, max: 20 }),
      h: fc.integer({ min: -9, max: 9 }),
    })
    const change = fc.oneof(fc.constantFrom(...MOVES, ...SIZES), wanted)
    const steps = fc.array(fc.tuple(fc.nat(7), change), { maxLength: 20 })
    fc.assert(
      fc.property(fc.array(places, { minLength: 1, maxLength: 8 }), steps, (made, changes) => {
        let tiles = settleTiles(
          made.map((one) => ({ ...one, w: Math.min(one.w, COLUMNS - one.x) })),
        )
        for (const [place, change] of changes) {
          const chosen = tiles[place % tiles.length]
          if (!chosen) continue
          tiles =
            typeof change === 'string'
              ? changeTile(tiles, chosen, change)
              : placeTile(tiles, chosen, change)
        }
        expect(tiles).toHaveLength(made.length)
        expect(cells(tiles)).toBe(tiles.reduce((sum, { w, h }) => sum + w * h, 0))
        for (const { x, y, w } of tiles) {
          expect(x >= 0 && y >= 0 && x + w <= COLUMNS).toBe(true)
        }
      }),
    )
  })
})

/** Cells of the grid that are taken, each counted once. */
function cells(tiles: readonly Place[]): number {
  const taken = new Set<string>()
  for (const { x, y, w, h } of tiles) {
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) taken.add(`${column} ${row}`)
    }
  }
  return taken.size
}
