import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

/**
 * The package's arguments are for a serverless sandbox with one process. Pages of two origins at a time
 * need more than one, and CORS must be enforced as in a visitor's browser.
 */
const UNWANTED =
  /^--(single-process|no-zygote|disable-web-security|disable-site-isolation-trials|allow-running-insecure-content)$/

/**
 * Starts headless Chromium from the npm package, so that no browser need be installed. Rejects, with
 * the name of the missing library, on a machine without the system libraries (libnss3). `more` are
 * arguments for Chromium.
 */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  // WebGL would need a second unpacking, and nothing here draws with it.
  chromium.setGraphicsMode = false
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args.filter((argument) => !UNWANTED.test(argument)), ...more],
    headless: true,
  })
}
