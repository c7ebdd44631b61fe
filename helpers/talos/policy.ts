// The section of Talos in a policy: its API and its client's configuration.
import { published } from '#src/model/policy/policy.ts'
import { name } from '#src/model/policy/values.ts'

export const sections = {
  endpoints: { talos: published.optional() },
  identity: { talosconfig: name.optional() },
} as const

declare module '#src/model/runtime.ts' {
  interface Capabilities {
    talos: true
  }
}
