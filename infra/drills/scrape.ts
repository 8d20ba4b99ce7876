/** What one service tells Prometheus. */
export type Scrape = ReadonlyMap<string, Metric>

export interface Metric {
  type: string
  help: string
  samples: { labels: Record<string, string>; value: number }[]
}

/** Asks a service for its metrics. A histogram's samples count to the histogram. */
export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(`${url}/_metrics`)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  const metrics = new Map<string, Metric>()
  for (const line of (await response.text()).split('\n')) {
    const [, kind, described = '', words = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
    if (kind) {
      const metric = metrics.get(described) ?? { type: '', help: '', samples: [] }
      metrics.set(described, { ...metric, [kind.toLowerCase()]: words })
      continue
    }
    const [, name = '', labels = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    if (!name) continue
    const metric = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''))
    if (!metric) throw new Error(`${name} is not described`)
    metric.samples.push({ labels: readLabels(labels), value: Number(value) })
  }
  return metrics
}

function readLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return Object.fromEntries(pairs.map(([, label, value]) => [label, value]))
}
