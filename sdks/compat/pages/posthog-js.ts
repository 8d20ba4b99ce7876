// A page that uses posthog-js of the package, as an application bundles it.
import posthog from 'posthog-js'

Object.assign(window, { client: posthog })
