// Drawings, so that the shop needs no image from anywhere. Colours come from the style sheet's classes.

/** Layered hills under a low sun: the shop's landscape. */
export function ridges() {
  return `<svg class="ridges" viewBox="0 0 1200 420" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
    <circle class="sun" cx="905" cy="150" r="62" />
    <path class="ridge r1" d="M0 250 130 190 250 232 390 128 520 214 640 150 790 236 930 168 1060 226 1200 170V420H0z" />
    <path class="ridge r2" d="M0 300 110 262 260 296 420 210 560 290 700 240 860 304 1010 236 1120 282 1200 254V420H0z" />
    <path class="ridge r3" d="M0 352 160 316 320 350 470 292 640 352 800 318 960 362 1090 322 1200 344V420H0z" />
    <path class="ridge r4" d="M0 396 200 372 420 398 640 366 900 402 1200 372V420H0z" />
  </svg>`
}

const SHAPES = {
  'ridge-45-pack': `
    <path class="line" d="M82 58c0-22 36-22 36 0" />
    <path class="main" d="M64 78c0-18 16-26 36-26s36 8 36 26v72c0 8-5 12-12 12H76c-7 0-12-4-12-12z" />
    <path class="deep" d="M64 84c0-16 14-24 36-24s36 8 36 24l-6 14H70z" />
    <path class="deep" d="M74 116h52v34a6 6 0 0 1-6 6H80a6 6 0 0 1-6-6z" />
    <path class="pop" d="M92 88h16v18H92z" /><path class="line" d="M56 92c-8 14-8 40 2 56M144 92c8 14 8 40-2 56" />`,
  'larch-tent': `
    <path class="deep" d="M100 54 168 158H132z" /><path class="main" d="M100 54 32 158h100z" />
    <path class="pop" d="M100 54 76 158h44z" /><path class="deep" d="M100 84 86 158h26z" />
    <path class="line" d="M100 54V42M22 160h156M32 158l-12 6M168 158l12 6" />`,
  'cirrus-shell': `
    <path class="main" d="M78 56c8-12 36-12 44 0l26 14 12 60-18 6-8-36v62H66v-62l-8 36-18-6 12-60z" />
    <path class="deep" d="M78 56c8-12 36-12 44 0l-10 20H88z" />
    <path class="line" d="M100 78v84" /><path class="pop" d="M112 102h16v6h-16zM72 102h16v6H72z" />`,
  'scree-boots': `
    <path class="main" d="M70 52h40l4 58c16 4 38 8 44 24l2 14H64z" />
    <path class="deep" d="M60 148h102v8c0 6-4 8-10 8H70c-6 0-10-2-10-8z" />
    <path class="deep" d="M70 52h40l1 14H69z" />
    <path class="line" d="M96 78h18M97 90h18M98 102h20" /><path class="pop" d="M64 126h28v10H64z" />`,
  'ember-stove': `
    <path class="pop" d="M100 112c-16-16 2-24-4-42 20 10 26 28 18 42z" />
    <path class="deep" d="M70 112h60l-8 22H78z" /><path class="main" d="M82 134h36v24a6 6 0 0 1-6 6H88a6 6 0 0 1-6-6z" />
    <path class="line" d="M62 106h76M78 134l-16 30M122 134l16 30" />
    <path class="main" d="M66 58h68v8H66z" />`,
  'dusk-lamp': `
    <path class="line" d="M84 64c0-26 32-26 32 0" />
    <path class="deep" d="M76 64h48v12H76z" /><path class="pop" d="M72 80h56l6 58H66z" />
    <path class="main" d="M68 138h64v16a8 8 0 0 1-8 8H76a8 8 0 0 1-8-8z" />
    <path class="line" d="M90 84l-4 50M110 84l4 50" />`,
}

/** A product before its hills. */
export function productArt(slug) {
  return `<svg viewBox="0 0 200 200" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
    <circle class="sun" cx="148" cy="54" r="18" />
    <path class="ridge r2" d="M0 138 44 100 84 130 128 92 200 140V200H0z" />
    <path class="ridge r3" d="M0 164 60 140 120 166 200 142V200H0z" />
    <g class="thing">${SHAPES[slug]}</g></svg>`
}
