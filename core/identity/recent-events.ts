import type { IdentityEvent } from './identity-event.ts'

const MAX_EVENTS = 200_000

type Named = Pick<IdentityEvent, 'project_id' | 'uuid' | 'at'>

/** Events that were kept of late, so that reading them again costs little. What is forgotten is kept again. */
export class RecentEvents {
  #current = new Set<string>()
  #before = new Set<string>()

  has(event: Named): boolean {
    const key = keyOf(event)
    return this.#current.has(key) || this.#before.has(key)
  }

  add(event: Named): void {
    this.#current.add(keyOf(event))
    if (this.#current.size < MAX_EVENTS / 2) return
    this.#before = this.#current
    this.#current = new Set()
  }
}

const keyOf = ({ project_id, uuid, at }: Named): string => `${project_id} ${uuid} ${at}`
