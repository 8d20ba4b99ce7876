import type { Companion } from './companion.ts'
import { notHere } from './companion.ts'
import { basicUser } from './segment.ts'

/**
 * What Segment's and RudderStack's clients ask for besides capture. Nobody's key is checked here: the
 * answers hold nothing of a project.
 */
export const SEGMENT_COMPANIONS: readonly Companion[] = [
  {
    path: '/v1/projects/:writeKey/settings',
    method: 'GET',
    answer: ({ url, params }, prefix) =>
      notCached(segmentSettings(params.writeKey ?? '', new URL(url), prefix)),
  },
  { path: '/v1/m', method: 'POST', answer: () => Response.json({ success: true }) },
  {
    path: '/sourceConfig',
    method: 'GET',
    answer: ({ url, headers }) => {
      const asked = new URL(url).searchParams.get('writeKey')
      return notCached(rudderSource(asked ?? basicUser(headers.get('authorization')) ?? ''))
    },
  },
  notHere(
    'GET',
    '/analytics.js/v1/:writeKey/analytics.min.js',
    'The script of Segment is not served here. Use /analytics.js, or the package @segment/analytics-next with this host as cdnURL.',
  ),
]

/** What analytics.js needs to load: where to send, and that there is nothing else to load. */
function segmentSettings(apiKey: string, { host, protocol }: URL, prefix: string): object {
  return {
    integrations: {
      'Segment.io': {
        apiKey,
        apiHost: `${host}${prefix}/v1`,
        protocol: protocol.slice(0, -1),
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: { __default: { enabled: true, integrations: {} } } },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  }
}

/** What RudderStack's clients need to load: a source without destinations and without reports on themselves. */
function rudderSource(writeKey: string): object {
  const isOff = { enabled: false }
  return {
    source: {
      id: writeKey,
      name: 'Headwater',
      writeKey,
      workspaceId: '',
      enabled: true,
      config: { statsCollection: { errors: isOff, metrics: isOff } },
      destinations: [],
    },
  }
}

// An address of ours in an answer that a cache keeps would outlive the address.
function notCached(body: object): Response {
  return Response.json(body, { headers: { 'cache-control': 'no-store' } })
}
