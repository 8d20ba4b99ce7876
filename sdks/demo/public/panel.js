// The panel shows each event as it is taken, and what the capture service said to it.
const MAX_ROWS = 60
const STORED_PROPERTIES = /^\$/

const list = document.getElementById('panel-events')
const rows = new Map()
// On a small screen the shop comes first: the panel is one line until it is opened.
if (matchMedia('(max-width: 1023px)').matches) document.getElementById('panel').open = false

let waiting = 0
let acknowledged = 0

/** An event was taken into the SDK's queue. */
export function showCaptured({ uuid, event, properties }) {
  const row = addRow(event, detailOf(event, properties))
  rows.set(uuid, { row, at: performance.now() })
  mark(row, 'waiting', 'waiting')
  waiting++
  showCounts()
  while (list.children.length > MAX_ROWS) list.lastElementChild.remove()
}

/** An attempt to send was answered, or failed. */
export function showDelivery({ outcome, uuids, dropped, message, retry_in_ms }) {
  const reasons = new Map(dropped.map((drop) => [drop.uuid, drop.message]))
  for (const uuid of uuids) {
    const known = rows.get(uuid) ?? { row: addRow('from an earlier page', ''), at: null }
    if (outcome === 'retry') {
      mark(known.row, 'waiting', `kept, again in ${Math.ceil(retry_in_ms / 1000)} s`)
      continue
    }
    if (rows.delete(uuid)) waiting--
    const reason = reasons.get(uuid) ?? (outcome === 'refused' ? message : null)
    if (reason) mark(known.row, 'bad', reason)
    else {
      acknowledged++
      const took = known.at === null ? '' : ` in ${Math.round(performance.now() - known.at)} ms`
      mark(known.row, 'good', `acknowledged${took}`)
    }
  }
  showCounts()
}

export function showPerson(distinctId) {
  const short = distinctId.length > 20 ? `${distinctId.slice(0, 8)}…` : distinctId
  document.getElementById('panel-person').textContent = `You are ${short}`
}

export function showState(text, kind = '') {
  const state = document.getElementById('panel-state')
  state.textContent = text
  state.dataset.kind = kind
}

function showCounts() {
  if (waiting > 0) showState(`${waiting} waiting`, 'waiting')
  else showState(`${acknowledged} acknowledged`, 'good')
}

function addRow(name, detail) {
  const row = document.createElement('li')
  for (const [className, text] of [
    ['event-name', name],
    ['event-detail', detail],
    ['event-answer', ''],
  ]) {
    const part = document.createElement('span')
    part.className = className
    part.textContent = text
    row.append(part)
  }
  list.prepend(row)
  return row
}

function mark(row, kind, text) {
  row.dataset.kind = kind
  row.querySelector('.event-answer').textContent = text
}

function detailOf(event, properties) {
  if (event === '$pageview') return new URL(properties.$current_url).pathname
  return Object.entries(properties)
    .filter(([name]) => !STORED_PROPERTIES.test(name))
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.length : value}`)
    .join(' · ')
}
