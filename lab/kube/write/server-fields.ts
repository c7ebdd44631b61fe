// Fields that the API server sets itself in Jobs and DaemonSets.
import { isDeepStrictEqual } from 'node:util'
import { uidOf } from '#lab/kube/admission/admission.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, objectAt, textAt, within } from '#lab/kube/patch/json.ts'
import type { Server } from '#lab/kube/server.ts'

/**
 * Makes a Job select its pods by its own uid, in place. @source Kubernetes v1.35, Job strategy:
 * generateSelector
 */
export function selectByUid(server: Server, job: JsonObject): void {
  const spec = within(job, 'spec')
  if (spec['manualSelector'] === true) return
  const name = textAt(job, 'metadata', 'name') ?? ''
  const uid = uidOf(server.context)
  within(job, 'metadata')['uid'] = uid
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  spec['selector'] = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } }
  const meta = within(within(spec, 'template'), 'metadata')
  meta['labels'] = { ...objectAt(meta, 'labels'), ...labels }
  const own = within(job, 'metadata')
  own['labels'] = { ...objectAt(meta, 'labels'), ...objectAt(own, 'labels') }
}

const templateGeneration = 'deprecated.daemonset.template.generation'

/** Whether an annotation of the DaemonSet counts its templates. */
export const countsTemplates = (set: JsonObject): boolean =>
  textAt(set, 'metadata', 'annotations', templateGeneration) !== undefined

/**
 * Counts the templates of a DaemonSet in an annotation, in place. @source Kubernetes v1.35, apps/v1
 * DaemonSet: templateGeneration
 */
export function countTemplates(set: JsonObject, before: JsonObject | undefined): void {
  const count = Number(textAt(before, 'metadata', 'annotations', templateGeneration) ?? 0)
  const same =
    before !== undefined &&
    isDeepStrictEqual(at(set, 'spec', 'template'), at(before, 'spec', 'template'))
  const meta = within(set, 'metadata')
  meta['annotations'] = {
    ...objectAt(meta, 'annotations'),
    [templateGeneration]: String(same ? count : count + 1),
  }
}
