// `$autocapture` for clicks, submits and changes; `$rageclick` for clicks that nothing came of.
import type { Client } from '../client.ts'
import { describe, mayCapture } from './element.ts'

/** What something may be done with. A click elsewhere says nothing. */
const INTERACTIVE =
  'a,button,summary,select,input,textarea,[role=button],[role=link],[role=tab],[role=menuitem],[role=option],[role=checkbox],[role=switch],[onclick],[data-hw-capture]'
/** Clicking into a field is no act; changing it is. */
const FIELD = 'select,textarea,input:not([type=button],[type=submit],[type=reset],[type=image])'
const RAGE_CLICKS = 3
const RAGE_WITHIN_MS = 1_000
const RAGE_WITHIN_PX = 30

export interface AutocaptureOptions {
  /** Never take the text or the address of an element. @default false */
  maskText?: boolean
  /** Only what is in elements of this selector. @default all */
  within?: string
}

/** Starts capturing; the client may be one that only keeps calls until it is there. Never throws. */
export function autocapture(
  client: Pick<Client, 'capture'>,
  { maskText = false, within = '' }: AutocaptureOptions = {},
): void {
  const take = (name: string, type: string, element: Element) => {
    if (!mayCapture(element) || (within && !element.closest(within))) return
    client.capture(name, { $event_type: type, ...describe(element, maskText) })
  }
  const isRage = countRage()
  const listen = (type: string, react: (target: Element, event: Event) => void) =>
    document.addEventListener(
      type,
      (event) => {
        // In a shadow tree the event's own target is only its host.
        const [target] = event.composedPath()
        if (target instanceof Element) react(target, event)
      },
      { capture: true, passive: true },
    )
  listen('click', (target, event) => {
    const element = target.closest(INTERACTIVE)
    if (element && !element.matches(FIELD)) take('$autocapture', 'click', element)
    if (isRage(event as MouseEvent)) take('$rageclick', 'click', element || target)
  })
  listen('change', (target) => take('$autocapture', 'change', target))
  listen('submit', (target) => take('$autocapture', 'submit', target))
}

// True for the third of three clicks in one place without a pause.
function countRage(): (click: MouseEvent) => boolean {
  let clicks: { x: number; y: number; at: number }[] = []
  return ({ clientX: x, clientY: y, timeStamp: at }) => {
    clicks = clicks.filter(
      (click) =>
        at - click.at < RAGE_WITHIN_MS && Math.hypot(x - click.x, y - click.y) < RAGE_WITHIN_PX,
    )
    const isRage = clicks.push({ x, y, at }) === RAGE_CLICKS
    if (isRage) clicks = []
    return isRage
  }
}
