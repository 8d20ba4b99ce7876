import { type IRequest, IttyRouter } from 'itty-router'
import { type CaptureDeps, capture } from './capture.ts'
import { type EdgeConfig, type EdgeEnv, edgeConfig } from './config.ts'
import { preflight, withCors } from './cors.ts'
import type { Dialect } from './dialects/dialect.ts'
import { COMPANIONS, DIALECTS } from './dialects/dialects.ts'
import { native } from './dialects/native.ts'
import { DurableBuffer } from './durable-buffer.ts'
import { CaptureError } from './errors.ts'
import { Intake } from './intake.ts'
import { countRejection, metricsText, statsOf } from './metrics.ts'
import { serveScript } from './script.ts'
import { pathOf, withoutPrefix } from './url.ts'
import { WriteKeys } from './write-keys.ts'

/** `prefix` is what stood before the path that is routed. */
type Args = [env: EdgeEnv, ctx: ExecutionContext, prefix?: string]

const OWN_PATHS = [
  ...['/', '/analytics.js', '/analytics/:name.js'],
  ...['/_health', '/_readiness', '/_liveness', '/_metrics'],
]

const router = IttyRouter<IRequest & Request, Args>()
for (const dialect of DIALECTS) {
  for (const path of dialect.posts) router.post(path, answerCapture(dialect))
  for (const path of dialect.gets) router.get(path, answerCapture(dialect))
}
for (const { method, path, answer } of COMPANIONS) {
  const route = (request: IRequest & Request, ...[, , prefix = '']: Args) => answer(request, prefix)
  if (method === 'GET') router.get(path, route)
  else router.post(path, route)
}
router.options('*', preflight)
router.get('/analytics.js', (request) => serveScript(request))
router.get('/analytics/:name.js', (request) => serveScript(request, request.params.name))
router.get('/', () =>
  plainText('Headwater takes events here: POST /batch. The web SDK is /analytics.js.\n'),
)
router.get('/_health', answerHealth)
router.get('/_readiness', answerHealth)
router.get('/_liveness', () => Response.json({ status: 'ok', stage: 'capture' }))
router.get('/_metrics', async (_request, env) => plainText(await metricsText(env)))
for (const [path, methods] of methodsByPath()) {
  router.all(path, methodNotAllowed([...methods, 'OPTIONS'].join(', ')))
}
router.all('*', () => {
  throw new CaptureError('not_found', 'There is nothing at this path; events go to POST /capture.')
})

/** By path, also with its trailing slash. */
const posts: ReadonlyMap<string, Dialect> = new Map(
  DIALECTS.flatMap((dialect) =>
    dialect.posts.flatMap((path): [string, Dialect][] => [
      [path, dialect],
      [`${path}/`, dialect],
    ]),
  ),
)

/**
 * Answers every request of the edge, errors included; nothing gets past it. Written without async
 * functions between the request and its capture: each one costs more than an event.
 */
export function handle(request: Request, env: EdgeEnv, ctx: ExecutionContext): Promise<Response> {
  return new Promise((resolve) => {
    // Nearly every request is one of these, and trying the router's patterns costs as much as an event.
    let dialect = dialectOf(request)
    const answer = (response: Response) => resolve(withCors(request, response))
    const fail = (error: unknown) => answer(refuse(error, dialect))
    try {
      if (dialect) return capture(request, dialect, captureDeps(env, ctx), answer, fail)
      const inner = withoutPrefix(request.url, edgeConfig(env).pathPrefixes)
      const own = inner ? new Request(inner.address, request) : request
      dialect = dialectOf(own)
      if (dialect) capture(own, dialect, captureDeps(env, ctx), answer, fail)
      else router.fetch(own, env, ctx, inner?.prefix).then(answer, fail)
    } catch (error) {
      fail(error)
    }
  })
}

function dialectOf({ method, url }: Request): Dialect | undefined {
  return method === 'POST' ? posts.get(pathOf(url)) : undefined
}

function refuse(error: unknown, dialect: Dialect = native): Response {
  const refusal = error instanceof CaptureError ? error : failed(error)
  countRejection(refusal.code)
  const response = dialect.refuse(refusal)
  if (refusal instanceof MethodNotAllowed) response.headers.set('allow', refusal.allow)
  return response
}

function failed(error: unknown): CaptureError {
  console.error('capture failed:', error)
  return new CaptureError('internal_error', 'The request failed; send it again later.')
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

function answerCapture(dialect: Dialect) {
  return (request: Request, env: EdgeEnv, ctx: ExecutionContext): Promise<Response> =>
    new Promise((resolve) => {
      const fail = (error: unknown) => resolve(refuse(error, dialect))
      capture(request, dialect, captureDeps(env, ctx), resolve, fail)
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

/** Which methods each path takes. */
function methodsByPath(): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>()
  const add = (path: string, method: string) =>
    methods.set(path, (methods.get(path) ?? new Set()).add(method))
  for (const path of OWN_PATHS) add(path, 'GET')
  for (const { path, method } of COMPANIONS) add(path, method)
  for (const { gets, posts } of DIALECTS) {
    for (const path of gets) add(path, 'GET')
    for (const path of posts) add(path, 'POST')
  }
  return methods
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
