/** Where events go, and who they are from. */
export interface Place {
  /** Without a slash at its end. */
  captureUrl: string
  writeKey: string
}

/** One piece of text to copy, and where it goes. */
export interface Step {
  title: string
  code: string
}

/** How one kind of application comes to send its events. */
export interface Guide {
  name: string
  steps(place: Place): Step[]
  /** What is good to know, after the steps. */
  note?: string
}

/** By the name that the page's address has for them, in the order in which they are offered. */
export const GUIDES = {
  web: {
    name: 'Web page',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'In the head of every page',
        code: `<script src="${captureUrl}/analytics.js" data-write-key="${writeKey}" defer></script>`,
      },
      {
        title: 'Page views are captured by themselves. Your own events, and who it is:',
        code: `headwater.capture('signup', { plan: 'team' })
headwater.identify('user-17', { name: 'Ada' })`,
      },
    ],
    note: 'Events wait in the browser until they are acknowledged, over reloads, crashes and days offline.',
  },
  node: {
    name: 'Node, Workers, Deno, Bun',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'In a checkout of Headwater; it prints the line that installs it',
        code: 'npm run pack-sdks',
      },
      {
        title: 'In your server',
        code: `import { createClient } from '@headwater/node'

const headwater = createClient('${writeKey}', { host: '${captureUrl}' })
headwater.capture({ event: 'signup', distinct_id: 'user-17', properties: { plan: 'team' } })
await headwater.shutdown()`,
      },
    ],
  },
  python: {
    name: 'Python',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'In a checkout of Headwater, with your application’s Python',
        code: 'pip install ./sdks/python',
      },
      {
        title: 'In your application',
        code: `import headwater

headwater.init("${writeKey}", host="${captureUrl}")
headwater.capture("signup", "user-17", {"plan": "team"})
headwater.shutdown()`,
      },
    ],
  },
  curl: {
    name: 'HTTP',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'One event',
        code: `curl ${captureUrl}/capture -H 'content-type: application/json' \\
  -d '${JSON.stringify({ api_key: writeKey, event: 'signup', distinct_id: 'user-17' })}'`,
      },
      {
        title: 'Many at once',
        code: `curl ${captureUrl}/batch -H 'content-type: application/json' -d '{
  "api_key": "${writeKey}",
  "batch": [
    { "event": "signup", "distinct_id": "user-17", "properties": { "plan": "team" } },
    { "event": "invited", "distinct_id": "user-18" }
  ]
}'`,
      },
    ],
    note: 'The answer counts the events that are kept, and names each that is not, with the reason.',
  },
  pixel: {
    name: 'Image, without JavaScript',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'In a page or a mail',
        code: `<img src="${captureUrl}/pixel.gif?api_key=${writeKey}&event=mail_opened&distinct_id=user-17" alt="" width="1" height="1">`,
      },
    ],
  },
  posthog: {
    name: 'PostHog’s clients',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'posthog-js',
        code: `posthog.init('${writeKey}', { api_host: '${captureUrl}' })`,
      },
      {
        title: 'posthog-node',
        code: `const posthog = new PostHog('${writeKey}', { host: '${captureUrl}' })`,
      },
      {
        title: 'posthog-python',
        code: `posthog = Posthog("${writeKey}", host="${captureUrl}")`,
      },
    ],
    note: 'Only the host and the key change. There are no flags and no recordings here; the clients are told so.',
  },
  segment: {
    name: 'Segment’s clients',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'analytics-next, in the browser',
        code: `const analytics = AnalyticsBrowser.load({ writeKey: '${writeKey}', cdnURL: '${captureUrl}' })`,
      },
      {
        title: 'analytics-node',
        code: `const analytics = new Analytics({ writeKey: '${writeKey}', host: '${captureUrl}' })`,
      },
      {
        title: 'analytics-python',
        code: `analytics.write_key = "${writeKey}"
analytics.host = "${captureUrl}"`,
      },
    ],
  },
  rudderstack: {
    name: 'RudderStack’s clients',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'In the browser',
        code: `rudderanalytics.load('${writeKey}', '${captureUrl}', { configUrl: '${captureUrl}' })`,
      },
      {
        title: 'On a server with Node',
        code: `const client = new RudderAnalytics('${writeKey}', { dataPlaneUrl: '${captureUrl}' })`,
      },
    ],
  },
  import: {
    name: 'History from elsewhere',
    steps: ({ captureUrl, writeKey }) => [
      {
        title: 'In a checkout of Headwater, with the files that the other service exported',
        code: `npm run import -- posthog events.jsonl --key ${writeKey} --host ${captureUrl}`,
      },
    ],
    note: 'Also plausible, umami, mixpanel, amplitude, ga4-bigquery and csv. Times are kept as given, and importing a file again adds nothing.',
  },
} as const satisfies Record<string, Guide>
export type GuideId = keyof typeof GUIDES

/** Stands for the key of a project whose key the site was not told. */
export const placeholderKey = (project: string): string => `wk_${project}_…`
