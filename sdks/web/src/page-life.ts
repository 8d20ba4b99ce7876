import type { Sender } from '../../delivery/sender.ts'
import type { Queue } from './queue.ts'
import { KEEPALIVE_QUOTA_BYTES } from './transport.ts'

/** How often an open page looks for events that closed and crashed pages left. */
const ADOPT_INTERVAL_MS = 30_000

/** Follows the life of the page: hidden, frozen, gone, back from the cache, online again. */
export function followPage(queue: Queue, sender: Sender, url: string): void {
  const adopt = () =>
    void queue.adopt().then((found) => {
      if (found) sender.nudge()
    })
  const wake = () => {
    queue.resume()
    adopt()
  }
  adopt()
  setInterval(adopt, ADOPT_INTERVAL_MS)
  addEventListener('online', sender.flush)
  document.addEventListener('visibilitychange', () => {
    // Hidden may be the last thing a page hears. Its requests go on, and most are still answered.
    if (document.visibilityState === 'hidden') void sender.flush()
    else adopt()
  })
  addEventListener('pagehide', () => {
    // Some blockers take it away.
    if (navigator.sendBeacon)
      sender.handOver((body) => navigator.sendBeacon(url, body), KEEPALIVE_QUOTA_BYTES)
    queue.suspend()
  })
  addEventListener('pageshow', ({ persisted }) => persisted && wake())
  // A frozen tab may be discarded without another word.
  document.addEventListener('freeze', queue.suspend)
  document.addEventListener('resume', wake)
}
