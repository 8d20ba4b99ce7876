import type { ReactNode } from 'react'

interface Props {
  label: string
  /** @default 'table-scroll' */
  className?: string
  children: ReactNode
}

/** What is wider, or taller, than its place. */
export function ScrollRegion({ label, className = 'table-scroll', children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by key.
    <section className={className} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
