import { describe, expect, it } from 'vitest'
import { COUNTRY_SHAPES } from '../lib/country-shapes.ts'
import { undrawn, worldPlot, worldShades } from './world.ts'

const values = (numbers: Record<string, number>) => new Map(Object.entries(numbers))
const bounds = (numbers: Record<string, number>) =>
  worldShades(values(numbers)).map(({ most }) => most)

describe('the shades of a map', () => {
  it('end at the largest number, and grow as squares do', () => {
    expect(bounds({ DE: 100, FR: 3 })).toEqual([4, 16, 36, 64, 100])
  })

  it('are no more than there are whole numbers for them', () => {
    expect(bounds({ DE: 2 })).toEqual([1, 2])
    expect(bounds({ DE: 1 })).toEqual([1])
    expect(bounds({ DE: 0 })).toEqual([])
    expect(bounds({})).toEqual([])
  })

  it('hold numbers that are not whole', () => {
    expect(bounds({ DE: 0.5, FR: 0.01 }).at(-1)).toBe(0.5)
  })

  it('grow darker', () => {
    const opacities = worldShades(values({ DE: 100 })).map(({ opacity }) => opacity)
    expect(opacities).toEqual([...opacities].sort())
    expect([opacities[0], opacities.at(-1)]).toEqual([0.2, 1])
  })
})

describe('a map of the world', () => {
  it('tells which countries it cannot draw', () => {
    expect(undrawn(COUNTRY_SHAPES, values({ DE: 1, SG: 2, ZZ: 3 }))).toEqual(['SG', 'ZZ'])
  })

  it('is as wide as its place', () => {
    const plot = worldPlot(COUNTRY_SHAPES, values({ DE: 1 }), { width: 456, label: 'Visitors' })
    expect([plot.width, plot.height]).toEqual([456, 200])
  })
})
