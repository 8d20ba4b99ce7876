// `$web_vitals`: how fast a page was for its visitor, said once when it is left or hidden.
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'
import type { Client } from '../client.ts'

/** Starts measuring; the client may be one that only keeps calls until it is there. */
export function webVitals(client: Pick<Client, 'capture'>): void {
  let found: Record<string, unknown> = {}
  const take = ({ name, value, rating }: Metric) => {
    found[`$web_vitals_${name}_value`] = value
    found[`$web_vitals_${name}_rating`] = rating
  }
  for (const measure of [onLCP, onINP, onCLS, onFCP, onTTFB]) measure(take)
  // On the window: after the listeners of the document, which settle what was measured.
  addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden' || Object.keys(found).length === 0) return
    client.capture('$web_vitals', found)
    found = {}
  })
}
