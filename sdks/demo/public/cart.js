import { findProduct } from './catalog.js'

const KEY = 'fernweh-cart'

/** Slugs in the cart, in the order they were added; kept for the visit. */
export function cartItems() {
  try {
    const slugs = JSON.parse(sessionStorage.getItem(KEY) ?? '[]')
    return slugs.map(findProduct).filter(Boolean)
  } catch {
    return []
  }
}

export const cartTotal = () => cartItems().reduce((sum, { price }) => sum + price, 0)

export function addToCart(product) {
  save([...cartItems(), product])
}

export function removeFromCart(index) {
  save(cartItems().toSpliced(index, 1))
}

export function emptyCart() {
  save([])
}

function save(items) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(items.map(({ slug }) => slug)))
  } catch {
    // Without storage the cart is empty on every page, and the shop still works.
  }
}
