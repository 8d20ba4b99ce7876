const PREFLIGHT_MAX_AGE_S = 86_400

/** Lets any page read the answer, errors too: capture is public, the write key says for whom. */
export function withCors(request: Request, response: Response): Response {
  const origin = request.headers.get('origin')
  if (!origin) return response
  response.headers.set('access-control-allow-origin', origin)
  response.headers.set('access-control-allow-credentials', 'true')
  response.headers.set('access-control-expose-headers', 'retry-after')
  response.headers.append('vary', 'origin')
  return response
}

/** Answers a preflight: mirrors what the browser asks for. */
export function preflight(request: Request): Response {
  const asked = request.headers.get('access-control-request-headers')
  const headers = new Headers({
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-max-age': String(PREFLIGHT_MAX_AGE_S),
  })
  if (asked) {
    headers.set('access-control-allow-headers', asked)
    headers.append('vary', 'access-control-request-headers')
  }
  return new Response(null, { status: 204, headers })
}
