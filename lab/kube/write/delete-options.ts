// The options of a DELETE: grace period, propagation policy, preconditions and dry run.
import { field, invalidOption } from '#lab/kube/messages/status.ts'
import type { Json } from '#lab/kube/patch/json.ts'
import { numberAt, objectAt, textAt, textsAt } from '#lab/kube/patch/json.ts'

const policies = ['Background', 'Foreground', 'Orphan'] as const
type Policy = (typeof policies)[number]

export interface DeleteOptions {
  gracePeriodSeconds?: number | undefined
  /** Without one the object's finalizers decide, which by default means `Background`. */
  propagationPolicy?: Policy | undefined
  preconditions?: { uid?: string | undefined; resourceVersion?: string | undefined }
  dryRun?: boolean
}

const isPolicy = (text: string): text is Policy => policies.some(policy => policy === text)

function policyOf(given: Json, query: URLSearchParams): Policy | undefined {
  const policy =
    textAt(given, 'propagationPolicy') ??
    query.get('propagationPolicy') ??
    (objectAt(given)['orphanDependents'] === true ? 'Orphan' : undefined)
  if (policy === undefined || isPolicy(policy)) return policy
  const supported = [...policies, 'nil']
  throw invalidOption('DeleteOptions', field.unsupported('propagationPolicy', policy, supported))
}

/**
 * Reads the options from the body and the query of a DELETE. The body wins. 422 for an unknown
 * policy.
 */
export function readDeleteOptions(body: Json | undefined, query: URLSearchParams): DeleteOptions {
  const given = objectAt(body)
  const grace = query.get('gracePeriodSeconds')
  return {
    gracePeriodSeconds:
      numberAt(given, 'gracePeriodSeconds') ?? (grace === null ? undefined : Number(grace)),
    propagationPolicy: policyOf(given, query),
    preconditions: {
      uid: textAt(given, 'preconditions', 'uid'),
      resourceVersion: textAt(given, 'preconditions', 'resourceVersion'),
    },
    dryRun: textsAt(given, 'dryRun').includes('All') || query.get('dryRun') === 'All',
  }
}
