import { type MouseEvent, useEffect, useState } from 'react'
import type { CountryShape } from '../lib/country-shapes.ts'
import { formatAmount, formatBreakdown } from '../lib/format.ts'
import { type CountryValues, undrawn, worldHeight, worldPlot, worldShades } from '../plots/world.ts'
import { PlotFigure } from './plot-figure.tsx'

interface Props {
  values: CountryValues
  /** What is counted: `Visitors`. */
  label: string
  /** A country that was clicked. A table beside the map must offer the same to the keyboard. */
  onChoose?(country: string): void
}

const USUAL_WIDTH = 560

/** The world with a number for each country. Its shapes are loaded when it is first drawn. */
export function WorldMap({ values, label, onChoose }: Props) {
  const { shapes, failed } = useShapes()
  if (failed) {
    return (
      <p className="notice notice-warning" role="status">
        The shapes of the map could not be loaded. The table has all numbers.
      </p>
    )
  }
  if (!shapes) return <div className="skeleton world-map" role="status" aria-label="Loading map" />
  const choose = (event: MouseEvent) => {
    const shape = shapes[placeOf(event.target)]
    const country = shape?.properties.country
    if (country && values.has(country)) onChoose?.(country)
  }
  const missing = undrawn(shapes, values)
  return (
    // The same can be chosen in the table.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
    // biome-ignore lint/a11y/noStaticElementInteractions: see above.
    <div className="world-map" data-choosable={onChoose !== undefined} onClick={choose}>
      <PlotFigure
        signature={JSON.stringify([...values, label])}
        height={worldHeight(USUAL_WIDTH)}
        draw={(width) => worldPlot(shapes, values, { width, label })}
      />
      <ul className="legend" aria-label="Shades">
        {worldShades(values).map(({ most, opacity }) => (
          <li key={most}>
            <span
              className="swatch"
              style={{ background: 'var(--series-1)', opacity }}
              aria-hidden="true"
            />
            to {formatAmount(most)}
          </li>
        ))}
      </ul>
      {missing.length > 0 && (
        <p className="hint">Not on this map, and in the table: {missing.map(nameOf).join(', ')}.</p>
      )}
    </div>
  )
}

const nameOf = (country: string) => formatBreakdown({ kind: 'value', value: country }, '$country')

/** Place of a drawn path in the shapes; −1 of anything else. */
function placeOf(target: EventTarget): number {
  const { __data__: place } = target as { __data__?: unknown }
  return typeof place === 'number' ? place : -1
}

function useShapes() {
  const [shapes, setShapes] = useState<readonly CountryShape[] | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    import('../lib/country-shapes.ts').then(
      ({ COUNTRY_SHAPES }) => setShapes(COUNTRY_SHAPES),
      () => setFailed(true),
    )
  }, [])
  return { shapes, failed }
}
