// The impacts of a fault as the objects that exist now, each with its uid.
import { nodes, pods, services } from '#src/kubernetes/questions/lists.ts'
import { selects, workloadObject } from '#src/kubernetes/questions/workloads.ts'
import type { Answers, Impact, KubeObject, Pod, Policy } from '#src/model/index.ts'
import { podsLost } from './loss.ts'

type ImpactOn<Kind extends Impact['kind']> = Extract<Impact, { kind: Kind }>

/** `pod shop/web-1 (uid 1f6e…)`. */
function called(
  kind: string,
  { metadata: { namespace, name, uid } }: Pick<KubeObject, 'metadata'>,
): string {
  const place = namespace === undefined ? '' : `${namespace}/`
  const identity = uid === undefined ? '' : ` (uid ${uid})`
  return `${kind} ${place}${name}${identity}`
}

const podCalled = (pod: Pod): string =>
  `${called('pod', pod)}${pod.spec.nodeName === undefined ? '' : ` on ${pod.spec.nodeName}`}`

function serviceHit({ namespace, name }: ImpactOn<'service'>, answers: Answers): string {
  const found = answers(services).find(
    ({ metadata }) => metadata.namespace === namespace && metadata.name === name,
  )
  return found === undefined
    ? `Service ${namespace}/${name}, which does not exist`
    : called('Service', found)
}

function workloadHit(
  { workload, namespace, name }: ImpactOn<'workload'>,
  answers: Answers,
): readonly string[] {
  const found = workloadObject(answers, workload, namespace, name)
  if (found === undefined) return [`${workload} ${namespace}/${name}, which does not exist`]
  return [
    called(workload, found),
    ...answers(pods)
      .filter(pod => selects(found, pod))
      .map(podCalled),
  ]
}

function nodeHit(
  { by, name: hit }: ImpactOn<'node'>,
  answers: Answers,
  policy: Policy,
): readonly string[] {
  const names = new Set(
    by === 'name'
      ? [hit]
      : policy.nodes.filter(({ container }) => container?.name === hit).map(({ name }) => name),
  )
  const found = answers(nodes)
    .filter(({ metadata }) => names.has(metadata.name))
    .map(node => called('node', node))
  return [
    ...(by === 'container' ? [`container ${hit}`] : []),
    ...(found.length > 0 ? found : [`node ${[...names].join(', ')}, which does not exist`]),
  ]
}

/** One impact with the objects behind it. */
export function objectsHit(impact: Impact, answers: Answers, policy: Policy): readonly string[] {
  switch (impact.kind) {
    case 'host':
      return [`this host: ${impact.description}`]
    case 'vm':
      return [`VM ${impact.profile}${impact.how === 'down' ? ', with every node in it' : ''}`]
    case 'program':
      return [
        `process ${impact.program}`,
        ...[...podsLost([impact], answers, policy)].map(podCalled),
      ]
    case 'service':
      return [serviceHit(impact, answers)]
    case 'workload':
      return workloadHit(impact, answers)
    case 'node':
      return nodeHit(impact, answers, policy)
  }
}
