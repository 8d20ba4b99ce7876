import type { RenderFunction } from '@observablehq/plot'

/** Which of an answer's numbers a shape draws: their places in it, and words where those tell. */
export type Pick = readonly (string | number)[]

const ATTRIBUTE = 'data-pick'

/** Lets every shape of a mark say which number it draws; the option of a mark that draws one shape for each of its data. */
export function pickable<Datum>(
  data: readonly Datum[],
  pickOf: (datum: Datum) => Pick,
): { render: RenderFunction } {
  return {
    render(index, scales, values, dimensions, context, next) {
      const group = next?.(index, scales, values, dimensions, context) ?? null
      for (const [place, shape] of [...(group?.children ?? [])].entries()) {
        const datum = data[index[place] ?? -1]
        if (datum !== undefined) shape.setAttribute(ATTRIBUTE, JSON.stringify(pickOf(datum)))
      }
      return group
    },
  }
}

/** The shapes of a picture that draw a number. */
export const pickedShapes = (picture: Element): Element[] => [
  ...picture.querySelectorAll(`[${ATTRIBUTE}]`),
]

/** The number of the shape that an event is about; null beside all of them. */
export function pickAt(target: EventTarget | null): Pick | null {
  const shape = target instanceof Element ? target.closest(`[${ATTRIBUTE}]`) : null
  const text = shape?.getAttribute(ATTRIBUTE)
  return text ? (JSON.parse(text) as Pick) : null
}
