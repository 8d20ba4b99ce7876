// The shop: one page that shows the route in the address, and turns clicks into events.
import { capture, isSignedIn, joinClub, signIn, signOut, watchSdk } from './capture.js'
import { addToCart, cartItems, cartTotal, emptyCart, removeFromCart } from './cart.js'
import { findProduct } from './catalog.js'
import { pageAt } from './pages.js'

const TOAST_MS = 2_600
const main = document.getElementById('main')
let toastTimer

function show() {
  const { title, markup } = pageAt(location.pathname)
  document.title = `${title} – Fernweh`
  main.innerHTML = markup
  for (const link of document.querySelectorAll('.bar nav a')) {
    const isCurrent = link.getAttribute('href') === location.pathname
    if (isCurrent) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  showCount()
}

function go(path) {
  history.pushState({}, '', path)
  show()
  scrollTo(0, 0)
  main.focus({ preventScroll: true })
}

const ACTIONS = {
  feature(button) {
    const about = document.getElementById(button.getAttribute('aria-controls'))
    about.hidden = !about.hidden
    button.setAttribute('aria-expanded', String(!about.hidden))
    // Closing it again is no interest in the feature.
    if (about.hidden) return
    const { product } = button.closest('[data-product]').dataset
    capture('feature_click', { feature: button.dataset.feature, product })
  },
  add(button) {
    const product = findProduct(button.dataset.product)
    addToCart(product)
    capture('add_to_cart', { product: product.slug, price: product.price, currency: 'EUR' })
    showCount()
    toast(`${product.name} is in your cart`)
  },
  remove(button) {
    removeFromCart(Number(button.dataset.index))
    show()
  },
  purchase() {
    const products = cartItems().map(({ slug }) => slug)
    capture('purchase', { amount: cartTotal(), currency: 'EUR', items: products.length, products })
    emptyCart()
    go('/thanks')
  },
  'sign-up'(button) {
    capture('signup_click', { plan: button.dataset.plan })
    joinClub(button.dataset.plan)
    toast(`Welcome to the Trail Club (${button.dataset.plan})`)
  },
  'sign-in'() {
    if (isSignedIn()) signOut()
    else signIn()
    toast(isSignedIn() ? 'You are Ada now' : 'You are somebody new')
  },
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-action]')
  if (button) return ACTIONS[button.dataset.action](button)
  const link = event.target.closest('a[data-link]')
  // A new tab or window is the browser's business.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
  event.preventDefault()
  const { feature } = link.dataset
  if (feature) capture('feature_click', { feature })
  go(link.getAttribute('href'))
})
addEventListener('popstate', show)

function showCount() {
  const count = document.getElementById('cart-count')
  const { length } = cartItems()
  count.textContent = length
  count.hidden = length === 0
}

function toast(text) {
  const element = document.getElementById('toast')
  element.textContent = text
  element.hidden = false
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    element.hidden = true
  }, TOAST_MS)
}

show()
watchSdk()
