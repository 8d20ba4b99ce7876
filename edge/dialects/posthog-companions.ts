import type { IRequest } from 'itty-router'
import { type Companion, notHere } from './companion.ts'

const MAX_AGE_S = 300

/**
 * What PostHog's clients ask for besides capture, answered so that they are quiet: there are no flags, no
 * recordings, no surveys, and nothing to load. Nobody's key is checked here: no answer holds anything of a
 * project.
 */
export const POSTHOG_COMPANIONS: readonly Companion[] = [
  { path: '/array/:token/config', method: 'GET', answer: answerConfig },
  { path: '/array/:token/config.js', method: 'GET', answer: answerConfigScript },
  { path: '/flags', method: 'POST', answer: answerFlags },
  { path: '/decide', method: 'POST', answer: answerDecide },
  // The client stops recording for this page: one that got 200 alone would go on for nothing.
  {
    path: '/s',
    method: 'POST',
    answer: () => Response.json({ status: 'Ok', quota_limited: ['recordings'] }),
  },
  ...['/array/:token/array.js', '/static/:file'].map((path) =>
    notHere(
      'GET',
      path,
      'The scripts of PostHog are not served here. Bundle the package posthog-js, or use /analytics.js.',
    ),
  ),
  ...['/i/v1/logs', '/i/v1/metrics'].map((path) =>
    notHere('POST', path, 'Logs and metrics are not taken here, only events: POST /batch.'),
  ),
]

// Nothing about surveys: told that there are none, posthog-js loads their script all the same.
const REMOTE_CONFIG = {
  supportedCompression: ['gzip', 'gzip-js'],
  hasFeatureFlags: false,
  sessionRecording: false,
  heatmaps: false,
  capturePerformance: false,
  autocaptureExceptions: false,
  autocapture_opt_out: false,
  defaultIdentifiedOnly: true,
  analytics: { endpoint: '/e/' },
  toolbarParams: {},
  isAuthenticated: false,
  siteApps: [],
}

function configOf({ params }: IRequest): object {
  return { token: params.token ?? '', ...REMOTE_CONFIG }
}

function answerConfig(request: IRequest): Response {
  return Response.json(configOf(request), { headers: cached })
}

function answerConfigScript(request: IRequest): Response {
  const token = JSON.stringify(request.params.token ?? '')
  const config = JSON.stringify({ config: configOf(request), siteApps: [] })
  const script = `(window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {})[${token}] = ${config};\n`
  return new Response(script, {
    headers: { ...cached, 'content-type': 'text/javascript; charset=utf-8' },
  })
}

const cached = { 'cache-control': `public, max-age=${MAX_AGE_S}` }

/** Clients of one version ask with `config=true` and take their configuration from here. */
function answerFlags({ url }: Request): Response {
  const hasConfig = new URL(url).searchParams.get('config') === 'true'
  return Response.json({
    ...(hasConfig && REMOTE_CONFIG),
    flags: {},
    errorsWhileComputingFlags: false,
    requestId: crypto.randomUUID(),
    evaluatedAt: Date.now(),
  })
}

function answerDecide(): Response {
  return Response.json({
    ...REMOTE_CONFIG,
    config: { enable_collect_everything: true },
    featureFlags: {},
    featureFlagPayloads: {},
    errorsWhileComputingFlags: false,
  })
}
