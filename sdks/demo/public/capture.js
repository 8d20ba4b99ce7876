// How a site uses the SDK: a queue stub, `init` once, then `capture` wherever something happens.
import { showCaptured, showDelivery, showPerson, showState } from './panel.js'

const SDK_TIMEOUT_MS = 4_000
const ADA = 'ada@fernweh.example'
const { writeKey, edgeUrl } = document.getElementById('shop-script').dataset

window.headwater ??= []
// Only this demo listens to every event and delivery; a site needs nothing but the key.
headwater.push([
  'init',
  writeKey,
  { host: edgeUrl, onCapture: showCaptured, onDelivery: showDelivery },
])

/** Sends an event; before the SDK has loaded it waits in the stub. */
export const capture = (event, properties) => headwater.push(['capture', event, properties])

export function signIn() {
  headwater.push(['identify', ADA, { name: 'Ada', member_since: 2021 }])
  showWho()
}

/** What is known of a member from now on, and the club that their events belong to. */
export function joinClub(plan) {
  headwater.push(['set', { club_plan: plan }])
  headwater.push(['group', 'club', 'trail-club', { name: 'Trail Club', based_in: 'Innsbruck' }])
}

export function signOut() {
  headwater.push(['reset'])
  showWho()
}

/** Whether this browser is known as Ada; before the SDK has loaded it is nobody. */
export const isSignedIn = () => !Array.isArray(headwater) && headwater.distinctId() === ADA

function showWho() {
  if (!Array.isArray(headwater)) showPerson(headwater.distinctId())
  document.getElementById('sign-in').textContent = isSignedIn() ? 'Sign out' : 'Sign in'
}

/** Says so when the script did not come: the capture service is away, or something blocks it. */
export function watchSdk() {
  const started = Date.now()
  const timer = setInterval(() => {
    const loaded = !Array.isArray(window.headwater)
    if (loaded) showWho()
    else if (Date.now() - started < SDK_TIMEOUT_MS) return
    else showState('analytics.js did not load', 'bad')
    clearInterval(timer)
  }, 50)
}
