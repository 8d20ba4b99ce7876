// Each page is a function to its title and markup. All text comes from catalog.js, none from the visitor.
import { productArt, ridges } from './art.js'
import { cartItems, cartTotal } from './cart.js'
import { euros, FEATURES, findProduct, PLANS, PRODUCTS } from './catalog.js'

/** The page at an address; an unknown one has a page of its own. */
export function pageAt(path) {
  const product = /^\/product\/([\w-]+)$/.exec(path)
  if (product) return productPage(findProduct(product[1])) ?? missingPage()
  return (PAGES[path] ?? missingPage)()
}

const PAGES = {
  '/': () => ({
    title: 'Gear for going far',
    markup: `
      <section class="hero">
        ${ridges()}
        <div class="hero-text">
          <p class="eyebrow">Autumn on foot</p>
          <h1>Gear for going&nbsp;far</h1>
          <p>Six things, made well, for days that start before the sun and end when the tea is ready.</p>
          <p class="actions">
            <a class="button" href="/product/ridge-45-pack" data-link data-event="feature_click" data-feature="hero_pack">See the Ridge pack</a>
            <a class="button ghost" href="/pricing" data-link data-event="feature_click" data-feature="hero_club">Join the Trail Club</a>
          </p>
        </div>
      </section>
      <section class="grid" aria-label="Gear">${PRODUCTS.map(card).join('')}</section>`,
  }),
  '/pricing': () => ({
    title: 'Trail Club',
    markup: `
      <div class="intro"><p class="eyebrow">Trail Club</p><h1>Repairs, rentals, fewer regrets</h1>
      <p>Leave whenever you like. The hills stay.</p></div>
      <section class="plans">${PLANS.map(plan).join('')}</section>`,
  }),
  '/cart': () => ({
    title: 'Cart',
    markup: `<div class="intro"><h1>Your cart</h1></div>${cartMarkup()}`,
  }),
  '/checkout': () => ({
    title: 'Checkout',
    markup:
      cartItems().length === 0
        ? `<div class="intro"><h1>Checkout</h1></div>${cartMarkup()}`
        : `<div class="intro"><h1>Checkout</h1><p>No address, no card: this is a demo.</p></div>
      <section class="sheet">
        <dl class="sums">
          <div><dt>${cartItems().length} items</dt><dd>${euros(cartTotal())}</dd></div>
          <div><dt>Delivery by mule</dt><dd>€0</dd></div>
          <div class="sum"><dt>Total</dt><dd>${euros(cartTotal())}</dd></div>
        </dl>
        <button type="button" class="button" data-action="purchase" data-event="purchase">Place the order</button>
      </section>`,
  }),
  '/thanks': () => ({
    title: 'Thank you',
    markup: `<div class="intro"><p class="eyebrow">Order placed</p><h1>See you up there</h1>
      <p>Your purchase is an event now. Find it in the dashboard.</p>
      <p class="actions"><a class="button" href="/" data-link>Back to the gear</a></p></div>`,
  }),
}

function missingPage() {
  return {
    title: 'No such path',
    markup: `<div class="intro"><h1>No such path</h1><p>The trail ends here.</p>
      <p class="actions"><a class="button" href="/" data-link>Back to the gear</a></p></div>`,
  }
}

function productPage(product) {
  if (!product) return null
  const { slug, name, price, line, text } = product
  const features = FEATURES.map(
    (feature) => `<li>
      <button type="button" class="feature" data-action="feature" data-event="feature_click" data-feature="${feature.name}"
        aria-expanded="false" aria-controls="about-${feature.name}">${feature.label}</button>
      <p id="about-${feature.name}" hidden>${feature.text}</p></li>`,
  )
  return {
    title: name,
    markup: `
      <article class="product">
        <div class="art large">${productArt(slug)}</div>
        <div>
          <p class="eyebrow"><a class="crumb" href="/" data-link>Gear</a></p>
          <h1>${name}</h1>
          <p class="lead">${line}</p>
          <p>${text}</p>
          <p class="price">${euros(price)}</p>
          <p class="actions">
            <button type="button" class="button" data-action="add" data-event="add_to_cart" data-product="${slug}">Add to cart</button>
          </p>
          <ul class="features" data-product="${slug}">${features.join('')}</ul>
        </div>
      </article>
      <section class="grid" aria-label="More gear">
        ${PRODUCTS.filter((other) => other !== product)
          .slice(0, 3)
          .map(card)
          .join('')}
      </section>`,
  }
}

function card({ slug, name, price, line }) {
  return `<a class="card" href="/product/${slug}" data-link>
    <span class="art">${productArt(slug)}</span>
    <span class="card-name">${name}</span><span class="card-price">${euros(price)}</span>
    <span class="card-line">${line}</span></a>`
}

function plan({ name, label, price, perks, best }) {
  return `<article class="plan ${best ? 'best' : ''}">
    <h2>${label}</h2>
    <p class="price">${euros(price)}<small> a month</small></p>
    <ul>${perks.map((perk) => `<li>${perk}</li>`).join('')}</ul>
    <button type="button" class="button ${best ? '' : 'ghost'}" data-action="sign-up" data-event="signup_click"
      data-plan="${name}">Choose ${label}</button></article>`
}

function cartMarkup() {
  const items = cartItems()
  if (items.length === 0) {
    return `<section class="sheet"><p>Nothing in here yet.</p>
      <p class="actions"><a class="button" href="/" data-link>Look at the gear</a></p></section>`
  }
  const lines = items.map(
    ({ slug, name, price }, index) => `<li>
      <span class="art small">${productArt(slug)}</span>
      <a href="/product/${slug}" data-link>${name}</a>
      <span>${euros(price)}</span>
      <button type="button" class="quiet" data-action="remove" data-index="${index}"
        aria-label="Remove ${name}">Remove</button></li>`,
  )
  return `<section class="sheet"><ul class="lines">${lines.join('')}</ul>
    <dl class="sums"><div class="sum"><dt>Total</dt><dd>${euros(cartTotal())}</dd></div></dl>
    <p class="actions"><a class="button" href="/checkout" data-link>To the checkout</a></p></section>`
}
