import source from '../sdks/web/dist/analytics.txt'

const MAX_AGE_S = 3_600
let etag: Promise<string> | null = null

/** Serves the web SDK's build, which is part of the Worker. */
export async function serveScript(request: Request): Promise<Response> {
  etag ??= makeEtag()
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

async function makeEtag(): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source))
  const hex = Array.from(new Uint8Array(digest).subarray(0, 8), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  return `"${hex}"`
}
