import type { Task } from '../test/story.ts'

type Call = (message: never) => unknown

/** What the clients of Segment's spec have in common. */
interface Client {
  track: Call
  page: Call
  screen: Call
  identify: Call
  group: Call
  alias: Call
}

/** Makes the calls of a task: those of the story, then the numbered ones. */
export function makeCalls(client: Client, { story, count, startedAt, properties }: Task): void {
  const call = (type: keyof Client, seconds: number, message: object) => {
    const timestamp = new Date(startedAt + seconds * 1_000)
    client[type]({ ...message, timestamp } as never)
  }
  if (story) {
    const visitor = { anonymousId: 'visitor-1' }
    const ann = { userId: 'ann' }
    const url = 'https://shop.example/pricing?utm_source=news'
    call('track', 1, { ...visitor, event: 'page seen', properties })
    call('page', 2, { ...visitor, category: 'docs', name: 'Pricing', properties: { url } })
    call('identify', 3, { ...ann, ...visitor, traits: { name: 'Ann', seats: 3 } })
    call('group', 4, { ...ann, groupId: 'acme', traits: { size: 50 } })
    const context = { groupId: 'acme', traits: { plan: 'old' } }
    call('track', 5, { ...ann, event: 'ordered', properties: { total: 12.5 }, context })
    call('screen', 6, { ...ann, name: 'Basket', properties: { items: 2 } })
    call('track', 7, { userId: 'ann@example.com', event: 'mail read' })
    call('alias', 8, { ...ann, previousId: 'ann@example.com' })
  }
  for (let n = 1; n <= count; n++) {
    call('track', n, { userId: `visitor-${n % 3}`, event: 'numbered', properties: { n } })
  }
}
