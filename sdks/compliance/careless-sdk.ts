// An SDK as it should not be, behind an adapter: it forgets events before they are answered, believes every
// 200, tries once more at once whatever happened, stamps events anew for that, and tells of nothing. Its ids are
// right, and on a good day all arrives: the suite must see what happens on the others.
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'

interface Command {
  id: number
  do: string
  write_key: string
  host: string
  event: string
  [field: string]: unknown
}

let address = ''
let api_key = ''
let queue: Command[] = []

function post(commands: readonly Command[]): Promise<boolean> {
  const timestamp = new Date().toISOString()
  const batch = commands.map(({ id, do: _, ...event }) => ({ ...event, timestamp }))
  const body = JSON.stringify({ api_key, batch, sent_at: 'now' })
  return fetch(address, { method: 'POST', body }).then(
    ({ ok }) => ok,
    () => false,
  )
}

async function flush(): Promise<void> {
  const taken = queue
  queue = []
  if (taken.length > 0 && !(await post(taken))) await post(taken)
}

async function run(command: Command): Promise<unknown> {
  if (command.do === 'init') {
    address = `${command.host}/batch`
    api_key = command.write_key
  }
  if (command.do === 'capture') {
    const uuid = randomUUID()
    queue.push({ ...command, uuid })
    return uuid
  }
  if (command.do === 'flush' || command.do === 'shutdown') await flush()
  if (command.do === 'errors') return []
  return command.do === 'stats' ? { queued: queue.length } : null
}

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
say({ ready: true, sdk: 'careless', stateful: false, persistent: false })
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command
  say({ id: command.id, ok: true, value: await run(command) })
  if (command.do === 'shutdown') process.exit(0)
}
