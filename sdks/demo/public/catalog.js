export const PRODUCTS = [
  {
    slug: 'ridge-45-pack',
    name: 'Ridge 45 pack',
    price: 189,
    line: 'Carries a week, weighs a litre.',
    text: 'A frame that moves with the hips, a lid that becomes a day bag, and pockets where hands end up anyway.',
  },
  {
    slug: 'larch-tent',
    name: 'Larch tent',
    price: 429,
    line: 'Two people, one pole, four minutes.',
    text: 'Pitches as one piece in the rain. The fly reaches the ground on the side the weather comes from.',
  },
  {
    slug: 'cirrus-shell',
    name: 'Cirrus shell',
    price: 249,
    line: 'Keeps out what the sky has.',
    text: 'Three layers, taped, with vents that open with gloves on. Packs into its own hood.',
  },
  {
    slug: 'scree-boots',
    name: 'Scree boots',
    price: 210,
    line: 'Soft on the way up, sure on the way down.',
    text: 'A sole that bites loose stone and can be replaced, twice. Broken in by the second hill.',
  },
  {
    slug: 'ember-stove',
    name: 'Ember stove',
    price: 74,
    line: 'Half a litre in two minutes.',
    text: 'Burns low enough to simmer and stays lit in wind. Folds into its pot.',
  },
  {
    slug: 'dusk-lamp',
    name: 'Dusk lamp',
    price: 39,
    line: 'Warm light, sixty hours.',
    text: 'Hangs, stands or clips. Red light keeps the night in your eyes; USB-C fills it by breakfast.',
  },
]

export const FEATURES = [
  {
    name: 'size_guide',
    label: 'Size guide',
    text: 'True to size. Between two sizes, take the larger.',
  },
  { name: 'reviews', label: 'Reviews', text: '4.7 of 5 from 218 people. “Survived my children.”' },
  {
    name: 'compare',
    label: 'Compare',
    text: '310 g lighter than last year’s, and 12 % smaller when packed.',
  },
  { name: 'wishlist', label: 'Save for later', text: 'Saved. It waits for you here.' },
]

export const PLANS = [
  { name: 'free', label: 'Day hiker', price: 0, perks: ['Trail notes by mail', 'Free returns'] },
  {
    name: 'plus',
    label: 'Plus',
    price: 5,
    best: true,
    perks: ['Everything of Day hiker', '10 % off all gear', 'Repairs at cost'],
  },
  {
    name: 'pro',
    label: 'Pro',
    price: 14,
    perks: ['Everything of Plus', 'Repairs for free', 'Rent before you buy'],
  },
]

export const findProduct = (slug) => PRODUCTS.find((product) => product.slug === slug)
export const euros = (amount) => `€${amount}`
