import * as Plot from '@observablehq/plot'
import type { CountryShape } from '../lib/country-shapes.ts'
import { formatAmount, formatBreakdown } from '../lib/format.ts'

/** One number for each country, by its two letters. */
export type CountryValues = ReadonlyMap<string, number>

/** Numbers up to `most` have one shade. */
export interface Shade {
  most: number
  opacity: number
}

const SHADES = 5
/** Width by height of the projection, without Antarctica. */
const RATIO = 2.28

export const worldHeight = (width: number): number => Math.round(width / RATIO)

/**
 * The shades of a map, palest first. Countries differ by far more than shades can: their steps grow as
 * squares do, so that few against many can still be told from none.
 */
export function worldShades(values: CountryValues): Shade[] {
  const top = Math.max(0, ...values.values())
  const isWhole = [...values.values()].every(Number.isInteger)
  const shades: Shade[] = []
  for (let step = 1; step <= SHADES && top > 0; step++) {
    const bound = top * (step / SHADES) ** 2
    const most = isWhole ? Math.floor(bound) : bound
    if (most <= (shades.at(-1)?.most ?? 0)) continue
    shades.push({ most, opacity: 0.2 + 0.8 * ((step - 1) / (SHADES - 1)) })
  }
  return shades
}

/** Countries with a number and without a shape: too small for the map, or unknown to it. */
export function undrawn(shapes: readonly CountryShape[], values: CountryValues): string[] {
  const drawn = new Set(shapes.map(({ properties }) => properties.country))
  return [...values.keys()].filter((country) => !drawn.has(country))
}

/** The world, each country in the shade of its number. The data of its paths are places in `shapes`. */
export function worldPlot(
  shapes: readonly CountryShape[],
  values: CountryValues,
  { width, label }: { width: number; label: string },
): Plot.PlotOptions {
  const shades = worldShades(values)
  const numberOf = ({ properties: { country } }: CountryShape) =>
    (country === null ? undefined : values.get(country)) ?? 0
  const opacityOf = (shape: CountryShape) => {
    const value = numberOf(shape)
    return value > 0 ? shades.find(({ most }) => value <= most)?.opacity : undefined
  }
  return {
    className: 'plot',
    width,
    height: worldHeight(width),
    ariaLabel: `${label} by country`,
    ariaDescription: 'The table beside the map holds the same numbers.',
    projection: {
      type: 'equal-earth',
      domain: { type: 'FeatureCollection', features: [...shapes] },
    },
    marks: [
      Plot.geo(shapes, {
        fill: (shape: CountryShape) =>
          opacityOf(shape) === undefined ? 'var(--surface-raised)' : 'var(--series-1)',
        fillOpacity: (shape: CountryShape) => opacityOf(shape) ?? 1,
        stroke: 'var(--axis)',
        strokeWidth: 0.5,
        title: (shape: CountryShape) => `${nameOf(shape)}: ${formatAmount(numberOf(shape))}`,
      }),
    ],
  }
}

function nameOf({ properties: { country, name } }: CountryShape): string {
  return country === null ? name : formatBreakdown({ kind: 'value', value: country }, '$country')
}
