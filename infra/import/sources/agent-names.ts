// Each product names browsers and systems in its own way. Here they have the names that capture reads from
// a user agent, or a chart would break off at the day of the change.

/** The first that fits: "Chrome iOS", "Mobile Safari", "edge-chromium", "Safari (in-app)". */
const BROWSERS: readonly [RegExp, string][] = [
  [/^(microsoft )?edge|^edg\b|^edge-/i, 'Microsoft Edge'],
  [/^samsung/i, 'Samsung Internet for Android'],
  [/^opera/i, 'Opera'],
  [/firefox|^fxios/i, 'Firefox'],
  [/^(mobile )?chrome|^crios|^chromium-webview/i, 'Chrome'],
  [/safari|^ios(-webview)?$/i, 'Safari'],
  [/^(internet explorer|ie\b)/i, 'Internet Explorer'],
  [/^(android (browser|webview)|android$)/i, 'Android Browser'],
]
const SYSTEMS: readonly [RegExp, string][] = [
  [/^windows phone/i, 'Windows Phone'],
  [/^windows/i, 'Windows'],
  [/^mac/i, 'macOS'],
  [/^(ios|ipados|iphone|ipad)/i, 'iOS'],
  [/^android/i, 'Android'],
  [/^chrom(e|ium) ?os|^cros/i, 'Chrome OS'],
  [/^(linux|ubuntu|debian|fedora)/i, 'Linux'],
]

/** A browser's name as capture has it; as it is when nobody knows it. */
export function browserName(name: string): string {
  return known(name, BROWSERS)
}

/** The same of an operating system. */
export function systemName(name: string): string {
  return known(name, SYSTEMS)
}

function known(name: string, names: readonly [RegExp, string][]): string {
  return names.find(([pattern]) => pattern.test(name))?.[1] ?? name
}
