// References: every selector matches its pods, and every name refers to an object that exists.
import {
  fact,
  invariant,
  isJsonObject,
  verify,
  type Answers,
  type KubeObject,
  type LabelSelector,
  type Policy,
  type WorkloadObject,
} from '#helpers/index.ts'
import { mostPods } from '#helpers/kubernetes/pods/autoscalers.ts'
import { findsPodsOf } from '#helpers/kubernetes/pods/controller-labels.ts'
import {
  namelessProbes,
  namelessTargets,
  portsInWords,
  type AskedPort,
  type Target,
} from '#helpers/kubernetes/pods/port-names.ts'
import {
  autoscalers,
  budgets,
  inNamespace,
  services,
  statefulSets,
} from '#helpers/kubernetes/questions.ts'
import { knownNames, referenceQuestions, usesOf, type Use } from '#helpers/kubernetes/references.ts'
import {
  inWords,
  isOf,
  ownNamespaces,
  podTemplates,
  templateQuestions,
  titleOf,
  workloadTemplates,
  type PodTemplate,
  matches,
} from '#helpers/kubernetes/templates.ts'

const misses = fact('selector-misses-template', (template: PodTemplate) => ({
  which: template.id,
  seen: `the selector of ${titleOf(template)} does not match the labels of its own pod template`,
  expected: 'labels that its template carries: the API refuses anything else',
  remedy: 'write the same labels in spec.selector and in spec.template.metadata.labels',
  at: [template.object, ['spec', 'selector']],
}))

const ungoverned = fact('governing-service-missing', (object: KubeObject, service: string) => {
  const { name, namespace } = object.metadata
  return {
    which: name,
    seen: `StatefulSet ${namespace}/${name} names Service ${service}, which does not exist`,
    expected: 'its Service, which gives its pods their DNS names',
    remedy: `add Service ${service}, or correct the name`,
    at: [object, ['spec', 'serviceName']],
  }
})

const selectsNothing = fact('selects-nothing', (object: KubeObject, carrier: string) => {
  const { name, namespace } = object.metadata
  return {
    which: `${object.kind}/${name}`,
    seen: `the selector of ${object.kind} ${namespace}/${name} matches no pod template`,
    expected: `labels that ${carrier} carries`,
    remedy: 'compare it with the labels of the pod template, letter by letter',
    at: [object, ['spec', 'selector']],
  }
})

const probedPortMissing = fact(
  'probed-port-missing',
  (template: PodTemplate, asked: AskedPort) => ({
    which: `${asked.place.id}/${asked.by}`,
    seen:
      `${asked.by} of ${inWords(asked.place, template)} asks port ${asked.name}, ` +
      'which is not there',
    expected: portsInWords('a port of the same container', asked.known),
    remedy: 'correct the name, or add it to the ports of the container',
    at: [template.object, asked.path],
  }),
)

const servedPortMissing = fact('served-port-missing', (target: Target) => {
  const { service, index, name, protocol, known } = target
  const { namespace, name: of } = service.metadata
  return {
    which: `Service/${of}/${name}`,
    seen:
      `Service ${namespace}/${of} leads to ${protocol} port ${name}, ` +
      'which none of its pods has',
    expected: portsInWords('a port of its pods', known),
    remedy: 'correct targetPort, or name the port of the container',
    at: [service, ['spec', 'ports', index, 'targetPort']],
  }
})

/** Files can be a part of what is applied; the API shows everything. */
const arePart = (answers: Answers): boolean => answers.to(services).origin === 'manifests'

function missesItsOwn({ object, labels }: PodTemplate): boolean {
  const spec: unknown = Reflect.get(object, 'spec')
  const selector: unknown = isJsonObject(spec) ? spec['selector'] : undefined
  return isJsonObject(selector) && !matches(selector, labels)
}

/** StatefulSets whose Service does not exist. */
function ungovernedIn(answers: Answers, namespace: string) {
  const known = inNamespace(answers(services), namespace).map(({ metadata }) => metadata.name)
  if (known.length === 0 && arePart(answers)) return []
  return inNamespace(answers(statefulSets), namespace).map(object => {
    const { serviceName = '' } = object.spec ?? {}
    return serviceName !== '' && !known.includes(serviceName) && ungoverned(object, serviceName)
  })
}

/** Whether a selector may be for pods that are not shown: a workload of the policy is missing. */
function isPartial(answers: Answers, policy: Policy, namespace: string): boolean {
  const templates = workloadTemplates(answers, namespace)
  const named = policy.workloads.filter(workload => workload.namespace === namespace)
  const isMissing = named.some(workload => !templates.some(template => isOf(template, workload)))
  return isMissing || (podTemplates(answers, namespace).length === 0 && arePart(answers))
}

/** The pods up to which an autoscaler scales a workload. */
const scaledTo = (answers: Answers, { object }: PodTemplate): number =>
  object.kind === 'StatefulSet' || object.kind === 'Deployment'
    ? mostPods(answers, object as WorkloadObject)
    : 0

/** Services and disruption budgets whose selector matches no pod template. */
function idleIn(answers: Answers, namespace: string) {
  const templates = podTemplates(answers, namespace)
  const finds = (selector: LabelSelector) =>
    templates.some(template => findsPodsOf(selector, template, scaledTo(answers, template)))
  return [
    inNamespace(answers(services), namespace)
      .filter(({ spec }) => spec?.type !== 'ExternalName')
      .filter(({ spec }) => Object.keys(spec?.selector ?? {}).length > 0)
      .filter(({ spec }) => !finds({ matchLabels: spec.selector ?? {} }))
      .map(service => selectsNothing(service, 'the program behind it')),
    inNamespace(answers(budgets), namespace)
      .filter(({ spec }) => isJsonObject(spec?.selector) && !finds(spec.selector))
      .map(budget => selectsNothing(budget, 'the workload that it protects')),
  ]
}

export const selectorsFindTheirPods = invariant({
  name: 'selectors-find-their-pods',
  about: 'manifests',
  title: 'every selector and every port name matches the pods it was written for',
  reason:
    'a Service without pods, or with a port that they do not have, refuses every connection, ' +
    'and a probe of such a port never succeeds',
  when: policy => policy.manifests.selectors,
  subjects: ownNamespaces,
  observe: () => [...templateQuestions, services, budgets, autoscalers],
  facts: [misses, ungoverned, selectsNothing, probedPortMissing, servedPortMissing],
  judge({ namespace }, answers, policy) {
    // An autoscaler may scale a workload to the pods that a selector names.
    answers(autoscalers)
    return [
      workloadTemplates(answers, namespace)
        .filter(missesItsOwn)
        .map(template => misses(template)),
      ungovernedIn(answers, namespace),
      !isPartial(answers, policy, namespace) && idleIn(answers, namespace),
      podTemplates(answers, namespace).map(template =>
        namelessProbes(template).map(asked => probedPortMissing(template, asked)),
      ),
      namelessTargets(answers, namespace).map(target => servedPortMissing(target)),
    ]
  },
})

const referenceMissing = fact('reference-missing', (template: PodTemplate, use: Use) => ({
  which: `${template.id}:${use.kind}/${use.name}`,
  seen: `${titleOf(template)} names ${use.kind} ${use.name}, which does not exist`,
  expected: `${use.kind} ${template.namespace}/${use.name}, here or created elsewhere`,
  remedy: "add it, correct the name, or list it in the policy's manifests.references.elsewhere",
  at: [template.object, use.path],
}))

export const referencesLeadSomewhere = invariant({
  name: 'references-lead-somewhere',
  about: 'manifests',
  title: 'every ConfigMap, Secret, ServiceAccount and claim that a pod references exists',
  reason: 'a pod that names a missing object does not start, and you find out at its next start',
  when: policy => policy.manifests.references !== undefined,
  subjects: ownNamespaces,
  observe: policy => [...templateQuestions, ...referenceQuestions(ownNamespaces(policy))],
  facts: [referenceMissing],
  judge({ namespace }, answers, policy) {
    const known = knownNames(answers, policy, namespace)
    return podTemplates(answers, namespace).map(template =>
      usesOf(template)
        .filter(({ kind, name }) => !known[kind].has(name))
        .map(use => referenceMissing(template, use)),
    )
  },
})

verify(import.meta, selectorsFindTheirPods, referencesLeadSomewhere)
