// Labels that controllers add to the pods that they make, beside those of the template.
import { isJsonObject } from '#src/model/json.ts'
import type { LabelSelector } from '#src/model/index.ts'
import { items, matches, type PodTemplate } from '#helpers/kubernetes/templates.ts'

type Labels = Readonly<Record<string, string>>

/**
 * Labels whose values only the cluster knows: hashes and uids. A selector that names one can be
 * right. @source Kubernetes, well-known labels, and the controllers of batch/v1 and apps/v1
 */
const unknowable: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['pod-template-hash'],
  ReplicaSet: ['pod-template-hash'],
  DaemonSet: ['controller-revision-hash', 'pod-template-generation'],
  StatefulSet: ['controller-revision-hash'],
  Job: ['controller-uid', 'batch.kubernetes.io/controller-uid'],
  CronJob: [
    'controller-uid',
    'batch.kubernetes.io/controller-uid',
    'job-name',
    'batch.kubernetes.io/job-name',
  ],
}

const member = (value: unknown, key: string): unknown =>
  isJsonObject(value) ? value[key] : undefined
const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise

/** The ordinals that a selector names, as far as the StatefulSet has them. */
function ordinalLabels({ object }: PodTemplate, asked: Labels, most: number): Labels {
  const spec: unknown = Reflect.get(object, 'spec')
  const { name } = object.metadata
  const first = number(member(member(spec, 'ordinals'), 'start'), 0)
  const count = Math.max(number(member(spec, 'replicas'), 1), most)
  const isOne = (text: string): boolean =>
    /^(?:0|[1-9]\d*)$/.test(text) && Number(text) >= first && Number(text) < first + count
  const pod = asked['statefulset.kubernetes.io/pod-name']
  const index = asked['apps.kubernetes.io/pod-index']
  const ofPod = pod?.startsWith(`${name}-`) === true ? pod.slice(name.length + 1) : undefined
  const ordinal = [ofPod, index].find(each => each !== undefined && isOne(each)) ?? String(first)
  return {
    'statefulset.kubernetes.io/pod-name': `${name}-${ordinal}`,
    'apps.kubernetes.io/pod-index': ordinal,
  }
}

function jobLabels({ object }: PodTemplate, asked: Labels): Labels {
  const spec: unknown = Reflect.get(object, 'spec')
  const { name } = object.metadata
  const key = 'batch.kubernetes.io/job-completion-index'
  const index = asked[key]
  const isIndexed =
    member(spec, 'completionMode') === 'Indexed' &&
    index !== undefined &&
    /^\d+$/.test(index) &&
    Number(index) < number(member(spec, 'completions'), 1)
  const named = { 'job-name': name, 'batch.kubernetes.io/job-name': name }
  return isIndexed ? { ...named, [key]: index } : named
}

function added(template: PodTemplate, asked: Labels, most: number): Labels {
  const { kind } = template.object
  if (kind === 'StatefulSet') return ordinalLabels(template, asked, most)
  return kind === 'Job' ? jobLabels(template, asked) : {}
}

/** What a selector asks for by equality, also as an expression. */
function askedOf({ matchLabels, matchExpressions }: LabelSelector): Labels {
  const wanted: Record<string, string> = {}
  for (const [{ key, operator, values }] of items(matchExpressions)) {
    const [value] = Array.isArray(values) ? values : []
    if (operator === 'In' && value !== undefined) wanted[key] = value
    if (operator === 'Exists') wanted[key] = ''
  }
  return { ...wanted, ...(isJsonObject(matchLabels) ? matchLabels : {}) }
}

/**
 * Whether a selector finds pods of a template: by the labels of the template, and by those that its
 * controller adds. `most`: the replicas up to which an autoscaler scales it.
 */
export function findsPodsOf(selector: LabelSelector, template: PodTemplate, most = 0): boolean {
  const asked = askedOf(selector)
  const known = (unknowable[template.object.kind] ?? []).flatMap(key =>
    asked[key] === undefined ? [] : [[key, asked[key]] as const],
  )
  const labels = {
    ...template.labels,
    ...added(template, asked, most),
    ...Object.fromEntries(known),
  }
  return matches(selector, labels)
}
