/** Questions that read everything there is, three ways at once. */
const QUESTIONS: object[] = [
  {
    kind: 'trends',
    date_from: '-365d',
    series: [{ event: '*', measure: 'unique_persons' }],
    breakdowns: [{ property: 'title' }, { property: '$pathname' }],
    breakdown_limit: 50,
  },
  {
    kind: 'retention',
    date_from: '-84d',
    interval: 'week',
    start: { event: '*' },
    return: { event: '*' },
  },
  { kind: 'paths', date_from: '-30d' },
]
/** Of each question at one time. */
const AT_ONCE = 2

/** Asks them again and again until it is stopped, each a little different so that none is known already. */
export function askHeavily(
  queryUrl: string,
  project = 'default',
): { stop(): Promise<{ answered: number; refused: number }> } {
  const facts = { answered: 0, refused: 0 }
  let stopped = false
  let number = 0
  const ask = async (question: object) => {
    while (!stopped) {
      const filters = [{ property: 'never', operator: 'is_not', value: `${number++}` }]
      const response = await fetch(`${queryUrl}/api/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...question, project, filters }),
      })
      await response.body?.cancel()
      if (response.ok) facts.answered++
      else facts.refused++
    }
  }
  const running = QUESTIONS.flatMap((question) =>
    Array.from({ length: AT_ONCE }, () => ask(question)),
  )
  return {
    async stop() {
      stopped = true
      await Promise.all(running)
      return facts
    },
  }
}
