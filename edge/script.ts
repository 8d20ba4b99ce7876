import autocapture from '../sdks/web/dist/analytics/autocapture.txt'
import overflow from '../sdks/web/dist/analytics/overflow.txt'
import webVitals from '../sdks/web/dist/analytics/web-vitals.txt'
import script from '../sdks/web/dist/analytics.txt'
import { CaptureError } from './errors.ts'

const MAX_AGE_S = 3_600

/** The web SDK's build and its extensions, which are part of the Worker. */
const SOURCES: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, script],
  ['autocapture', autocapture],
  ['overflow', overflow],
  ['web-vitals', webVitals],
])
const etags = new Map<string, Promise<string>>()

/** Serves the web SDK, or the extension of this name. */
export async function serveScript(request: Request, name?: string): Promise<Response> {
  const source = SOURCES.get(name)
  if (source === undefined) {
    throw new CaptureError('not_found', 'The web SDK has no extension of this name.')
  }
  const etag = etags.get(source) ?? makeEtag(source)
  etags.set(source, etag)
  const headers = new Headers({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': `public, max-age=${MAX_AGE_S}, stale-while-revalidate=86400`,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    etag: await etag,
  })
  if (request.headers.get('if-none-match') === (await etag)) {
    return new Response(null, { status: 304, headers })
  }
  return new Response(source, { headers })
}

async function makeEtag(source: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source))
  const hex = Array.from(new Uint8Array(digest).subarray(0, 8), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  return `"${hex}"`
}
