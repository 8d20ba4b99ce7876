import react from '@astrojs/react'
import { defineConfig } from 'astro/config'

// Observable Plot puts one fixed style sheet into each SVG (class name `plot`); this is its hash, so
// that no other inline style is allowed. When a new version of Plot changes it, the page tests see
// the violation and the console names the new hash.
const PLOT_STYLE_HASH = 'sha256-+TfQir1nvDucAdvE6XUQBt4ayUjpAWkbw2kCdSfekHM='

export default defineConfig({
  output: 'static',
  integrations: [react()],
  // Shiki would write inline styles; there is no Markdown here.
  markdown: { syntaxHighlight: false },
  devToolbar: { enabled: false },
  // No inline style sheets: they would each need a hash.
  build: { inlineStylesheets: 'never' },
  security: {
    csp: {
      directives: [
        "default-src 'none'",
        "img-src 'self' data:",
        // The Query API is wherever the person on the Connect page says it is.
        "connect-src 'self' http: https:",
        "base-uri 'none'",
        "form-action 'self'",
      ],
      scriptDirective: { resources: ["'self'"] },
      styleDirective: { resources: ["'self'"], hashes: [PLOT_STYLE_HASH] },
    },
  },
})
