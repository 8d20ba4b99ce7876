import { type IRequest, IttyRouter } from 'itty-router'
import { type CaptureDeps, capture } from './capture.ts'
import { type EdgeConfig, type EdgeEnv, edgeConfig } from './config.ts'
import { preflight, withCors } from './cors.ts'
import { DurableBuffer } from './durable-buffer.ts'
import { CaptureError, errorResponse } from './errors.ts'
import { Intake } from './intake.ts'
import { countRejection, metricsText, statsOf } from './metrics.ts'
import { serveScript } from './script.ts'
import { pathOf } from './url.ts'
import { WriteKeys } from './write-keys.ts'

/** The native dialect's paths, each also with a trailing slash. */
export const CAPTURE_PATHS = ['/capture', '/batch', '/e', '/i/v0/e', '/track', '/engage'] as const

type Args = [env: EdgeEnv, ctx: ExecutionContext]

const router = IttyRouter<IRequest & Request, Args>()
for (const path of CAPTURE_PATHS) {
  router.post(path, answerCapture)
  router.get(path, answerCapture)
  router.options(path, preflight)
  router.all(path, methodNotAllowed('GET, POST, OPTIONS'))
}
router.get('/analytics.js', serveScript)
router.get('/_health', answerHealth)
router.get('/_metrics', async (_request, env) => plainText(await metricsText(env)))
for (const path of ['/analytics.js', '/_health', '/_metrics']) {
  router.all(path, methodNotAllowed('GET'))
}
router.all('*', () => {
  throw new CaptureError('not_found', 'There is nothing at this path; events go to POST /capture.')
})

const capturePosts: ReadonlySet<string> = new Set(
  CAPTURE_PATHS.flatMap((path) => [path, `${path}/`]),
)

/**
 * Answers every request of the edge, errors included; nothing gets past it. Written without async
 * functions between the request and its capture: each one costs more than an event.
 */
export function handle(request: Request, ...args: Args): Promise<Response> {
  return new Promise((resolve) => {
    const answer = (response: Response) => resolve(withCors(request, response))
    const fail = (error: unknown) => answer(refuse(error))
    try {
      // Nearly every request is one of these, and trying the router's patterns costs as much as an event.
      const isCapture = request.method === 'POST' && capturePosts.has(pathOf(request.url))
      if (isCapture) capture(request, captureDeps(...args), answer, fail)
      else router.fetch(request, ...args).then(answer, fail)
    } catch (error) {
      fail(error)
    }
  })
}

function refuse(error: unknown): Response {
  if (error instanceof MethodNotAllowed) {
    const response = errorResponse(error)
    response.headers.set('allow', error.allow)
    return response
  }
  if (error instanceof CaptureError) {
    countRejection(error.code)
    return errorResponse(error)
  }
  console.error('capture failed:', error)
  countRejection('internal_error')
  return errorResponse(
    new CaptureError('internal_error', 'The request failed; send it again later.'),
  )
}

/** What an isolate keeps over its requests: one per set of bindings. */
type Kept = Pick<CaptureDeps, 'config' | 'writeKeys' | 'intake'>
const kept = new WeakMap<EdgeConfig, Kept>()

function captureDeps(env: EdgeEnv, ctx: ExecutionContext): CaptureDeps {
  return {
    ...keptFor(edgeConfig(env)),
    buffer: new DurableBuffer(env),
    waitUntil: (work) => ctx.waitUntil(work),
  }
}

function answerCapture(request: Request, ...args: Args): Promise<Response> {
  return new Promise((resolve, reject) => {
    capture(request, captureDeps(...args), resolve, reject)
  })
}

function keptFor(config: EdgeConfig): Kept {
  const known = kept.get(config)
  if (known) return known
  const fresh = { config, writeKeys: new WriteKeys(config), intake: new Intake() }
  kept.set(config, fresh)
  return fresh
}

/** Healthy is an edge that could take an event of every region: their first shards must answer. */
async function answerHealth(_request: Request, env: EdgeEnv): Promise<Response> {
  const regions = [...edgeConfig(env).regions.values()]
  const answers = await Promise.all(
    regions.map(async ({ name, shards: [first] }) => ({
      name,
      isUp: first !== undefined && (await statsOf(env, first)) !== null,
    })),
  )
  const down = answers.filter(({ isUp }) => !isUp).map(({ name }) => name)
  if (down.length > 0) {
    const message = `The buffer does not answer in: ${down.join(', ')}.`
    throw new CaptureError('buffer_unavailable', message)
  }
  const names = answers.map(({ name }) => name)
  return Response.json({ status: 'ok', stage: 'capture', region: names[0], regions: names })
}

function plainText(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4' } })
}

class MethodNotAllowed extends CaptureError {
  readonly allow: string

  constructor(allow: string) {
    super('method_not_allowed', `This path takes ${allow}.`)
    this.allow = allow
  }
}

function methodNotAllowed(allow: string): () => never {
  return () => {
    throw new MethodNotAllowed(allow)
  }
}
