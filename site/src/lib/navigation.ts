/** One page of the site, as the navigation names it. */
export interface NavigationPage {
  name: string
  /** Without a slash at its end. */
  path: string
}

/** The pages by what they are for, in the order in which they are shown. */
export const NAVIGATION: readonly { title: string; pages: readonly NavigationPage[] }[] = [
  {
    title: 'Overview',
    pages: [
      { name: 'Dashboard', path: '/dashboard' },
      { name: 'Web', path: '/web' },
      { name: 'Live', path: '/live' },
      { name: 'Dashboards', path: '/dashboards' },
    ],
  },
  {
    title: 'Insights',
    pages: [
      { name: 'Trends', path: '/trends' },
      { name: 'Funnels', path: '/funnels' },
      { name: 'Retention', path: '/retention' },
      { name: 'Stickiness', path: '/stickiness' },
      { name: 'Lifecycle', path: '/lifecycle' },
      { name: 'Paths', path: '/paths' },
    ],
  },
  {
    title: 'Data',
    pages: [
      { name: 'Persons', path: '/persons' },
      { name: 'Events', path: '/events' },
      { name: 'Cohorts', path: '/cohorts' },
      { name: 'Definitions', path: '/definitions' },
      { name: 'SQL', path: '/sql' },
    ],
  },
  {
    title: 'Manage',
    pages: [
      { name: 'Send events', path: '/install' },
      { name: 'Saved insights', path: '/saved' },
      { name: 'Annotations', path: '/annotations' },
      { name: 'Alerts', path: '/alerts' },
      { name: 'Dead letters', path: '/dead-letters' },
      { name: 'Settings', path: '/settings' },
    ],
  },
]
