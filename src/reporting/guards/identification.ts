// Sentences about the identity of a cluster, without a full stop.
import type { Unidentified } from '#src/model/identification.ts'

/** Why a cluster does not count as the policy's. */
export function unidentifiedText(found: Unidentified): string {
  switch (found.kind) {
    case 'silent':
      return `the cluster could not be asked who it is (${found.why})`
    case 'not-stated':
      return (
        `the policy of “${found.cluster}” does not say which cluster it means. When ` +
        `${found.context} (${found.server}) is the one, write ` +
        `identity.kubeSystemUid: '${found.uid}' into it`
      )
    case 'another':
      return (
        `${found.context} (${found.server}) is another cluster: its kube-system has uid ` +
        `${found.uid}, the policy of “${found.cluster}” means ${found.wanted}`
      )
  }
}
