import type { Page } from 'playwright-core'
import type { PostHog } from 'posthog-js'
import type { Project } from './project.ts'
import type { Visitor } from './visitor.ts'

/** In the page. */
declare const client: PostHog

/**
 * Opens a page and starts posthog-js on it, with nothing but what hurries it. Resolves when it knows what
 * its host offers.
 */
export async function startPostHog(
  visitor: Visitor,
  project: Project,
  { path = '/', options = {} }: { path?: string | undefined; options?: object },
): Promise<Page> {
  const page = await visitor.open(path)
  const hurried = {
    api_host: project.proxy.url,
    request_queue_config: { flush_interval_ms: 250 },
    // A browser that is driven by a test says so, and is taken for a bot.
    opt_out_useragent_filter: true,
    ...options,
  }
  const settings = page.waitForResponse(/\/(config(\.js)?|decide\/.*)$/)
  await page.evaluate(([key, config]) => void client.init(key, config), [
    project.writeKey,
    hurried,
  ] as const)
  await (await settings).finished()
  return page
}
