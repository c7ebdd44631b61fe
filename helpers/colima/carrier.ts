// Colima's proof that this host carries the policy's cluster while Docker does not answer: it has
// the profile, and a kubeconfig that knows the cluster.
import { access } from '#helpers/kubernetes/access.ts'
import type { Carrier } from '#src/model/platform/platform.ts'
import { paths } from './client.ts'

export const carrier: Carrier = {
  weak: true,
  async proof(runtime, policy, ask) {
    if (policy.host === undefined) return undefined
    const known = await ask(access, runtime, policy)
    const chosen = known.kind === 'known' ? known.value.chosen : undefined
    if (chosen === undefined) return undefined
    const files = await runtime.files.list(paths(runtime.home, policy.host.profile).lima)
    if (files.length === 0) return undefined
    return (
      `it has the Colima profile ${policy.host.profile}, ` +
      `and ${policy.identity.kubeconfig} knows ${chosen.name}`
    )
  },
  missing: ({ host }) =>
    host === undefined
      ? undefined
      : `there is no Colima profile ${host.profile} beside a kubeconfig that knows the cluster`,
}
