import type { CaptureError } from '../errors.ts'
import type { Judged } from './dialect.ts'

/** A transparent picture of one pixel. */
const PIXEL = Uint8Array.from(
  atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'),
  (character) => character.charCodeAt(0),
)

/** The picture, when its one event is held; else the same with a status that says so, and the reason. */
export function pixelAnswer({ dropped: [dropped] }: Judged): Response {
  return dropped ? picture(400, `${dropped.reason}: ${dropped.message}`) : picture(200)
}

/** Browsers show the picture whatever its status is; whoever looks into the matter finds the reason. */
export function pixelRefusal({ code, message, status }: CaptureError): Response {
  return picture(status, `${code}: ${message}`)
}

function picture(status: number, reason?: string): Response {
  const headers = new Headers({
    'content-type': 'image/gif',
    'cache-control': 'no-store',
    // A page that isolates itself may show it too.
    'cross-origin-resource-policy': 'cross-origin',
  })
  if (reason !== undefined) headers.set('x-headwater-error', reason)
  return new Response(PIXEL, { status, headers })
}
