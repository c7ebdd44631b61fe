// Probes: every long-running container has a liveness, a readiness and a startup probe, and each
// serves its own purpose.
import {
  fact,
  formatDuration,
  invariant,
  isJsonObject,
  ms,
  verify,
  type Answers,
  type Policy,
  type Probe,
  type Workload,
} from '#helpers/index.ts'
import {
  askedBy,
  pathAskedBy,
  probeKeys,
  startAllowance,
  timesOf,
  type ProbeKey,
} from '#helpers/kubernetes/probes.ts'
import { pods } from '#helpers/kubernetes/questions.ts'
import {
  barePods,
  inWords,
  longRunning,
  mainContainer,
  ownNamespaces,
  templateOf,
  titleOf,
  unnamedTemplates,
  workloadTemplates,
  type ContainerPlace,
  type PodTemplate,
} from '#helpers/kubernetes/templates.ts'
import {
  workloadObject,
  workloadQuestions,
  type WorkloadKind,
} from '#helpers/kubernetes/workloads.ts'

interface Owner {
  readonly name: string
  readonly kind: WorkloadKind
  readonly namespace: string
  readonly workload: string
  /** Of a workload that the policy does not name. */
  readonly template?: PodTemplate
}

const ownerOf = ({ namespace, kind, name }: Pick<Workload, 'namespace' | 'kind' | 'name'>) => ({
  name: `${namespace}/${name}`,
  kind,
  namespace,
  workload: name,
})

function templateOfOwner(answers: Answers, owner: Owner): PodTemplate | undefined {
  if (owner.template !== undefined) return owner.template
  const object = workloadObject(answers, owner.kind, owner.namespace, owner.workload)
  return object && templateOf(object)
}

/** Workloads that the policy does not name, each under a name that no other subject has. */
const unnamed = (
  answers: Answers,
  policy: Policy,
): readonly (Owner & { template: PodTemplate })[] =>
  unnamedTemplates(answers, policy).map(({ name, template }) => ({
    name,
    // Templates of workloads are of these kinds alone.
    kind: template.object.kind as WorkloadKind,
    namespace: template.namespace,
    workload: template.object.metadata.name,
    template,
  }))

const uses = {
  liveness: 'restarts it when it hangs',
  readiness: 'keeps traffic away until it can serve',
  startup: 'gives a slow start time before liveness counts',
} as const
const kinds = ['liveness', 'readiness', 'startup'] as const
type Kind = (typeof kinds)[number]

const probeMissing = fact(
  'probe-missing',
  (kind: Kind, template: PodTemplate, { container, path }: ContainerPlace, where?: string) => ({
    which: `${kind}${where ?? ''}`,
    seen: `container ${container.name} has no ${kind} probe`,
    expected: `a ${kind} probe, which ${uses[kind]}`,
    remedy: `add ${kind}Probe to container ${container.name} of ${titleOf(template)}`,
    at: [template.object, [...path, `${kind}Probe`]],
  }),
)

const missingOf = ({ container }: ContainerPlace): readonly Kind[] =>
  kinds.filter(kind => container[`${kind}Probe`] === undefined)

const workloadMissing = fact('workload-missing', ({ kind, namespace, workload }: Owner) => ({
  seen: `there is no ${kind} ${namespace}/${workload}`,
  expected: 'it exists, with its probes',
  remedy: 'apply its manifest',
}))

/** All pods without a controller, together: they come and go without the policy. */
const bare: Owner = {
  ...ownerOf({ namespace: '', kind: 'Deployment', name: '' }),
  name: 'pods without a controller',
}

const missingInBarePods = (answers: Answers, { namespaces }: Policy) =>
  namespaces
    .flatMap(namespace => barePods(answers, namespace))
    .filter(({ stays }) => stays)
    .map(template =>
      longRunning(template).map(place =>
        missingOf(place).map(kind => probeMissing(kind, template, place, `:${place.id}`)),
      ),
    )

export const containersHaveProbes = invariant({
  name: 'containers-have-probes',
  about: 'manifests',
  title: 'every long-running container has liveness, readiness and startup probes',
  reason: 'without them a hung process stays Running, and only its users notice',
  subjects: policy => [...policy.workloads.filter(({ probes }) => probes).map(ownerOf), bare],
  discover: unnamed,
  observe: () => [...workloadQuestions, pods],
  facts: [workloadMissing, probeMissing],
  judge(owner: Owner, answers, policy) {
    if (owner.name === bare.name) return missingInBarePods(answers, policy)
    const template = templateOfOwner(answers, owner)
    if (template === undefined) return workloadMissing(owner)
    return longRunning(template).map(place =>
      missingOf(place).map(kind => probeMissing(kind, template, place)),
    )
  },
})

const wrongHost = fact(
  'probe-host',
  (key: ProbeKey, template: PodTemplate, { container, path }: ContainerPlace) => {
    const { action, host } = hostOf(container[key])
    const { kind, metadata } = template.object
    return {
      which: key,
      seen: `${key} of ${container.name} targets ${host ?? 'the pod address'}`,
      expected: 'host: 127.0.0.1',
      remedy:
        `patch ${kind} ${template.namespace}/${metadata.name} after each Helm upgrade: ` +
        `${key}.${action}.host = 127.0.0.1`,
      at: [template.object, [...path, key, action, 'host']],
      set: '127.0.0.1',
    }
  },
)

/** The host that a probe contacts, and the action that it uses. */
function hostOf(probe: Probe | undefined) {
  const action = probe?.httpGet === undefined ? 'tcpSocket' : 'httpGet'
  return { action, asks: probe?.[action] !== undefined, host: probe?.[action]?.host } as const
}

export const hostNetworkProbesPinLoopback = invariant({
  name: 'host-network-probes-pin-loopback',
  about: 'manifests',
  title: 'probes of host-network containers target 127.0.0.1',
  reason:
    'under hostNetwork the pod address is the node address, where the application ' +
    'may not listen: the probe fails and the container restarts for ever',
  subjects: policy =>
    policy.workloads.filter(({ hostNetwork, probes }) => hostNetwork && probes).map(ownerOf),
  discover: (answers, policy) =>
    unnamed(answers, policy).filter(({ template }) => template.spec.hostNetwork === true),
  observe: () => workloadQuestions,
  facts: [wrongHost],
  judge(owner: Owner, answers) {
    const template = templateOfOwner(answers, owner)
    if (template === undefined) return undefined
    return longRunning(template).map(place =>
      probeKeys.map(key => {
        const { asks, host } = hostOf(place.container[key])
        return asks && host !== '127.0.0.1' && wrongHost(key, template, place)
      }),
    )
  },
})

const startupTooShort = fact(
  'startup-too-short',
  (
    template: PodTemplate,
    { container, path }: ContainerPlace,
    probe: Probe,
    warmUp: Workload['warmUp'],
  ) => {
    const { delay, period, failures } = timesOf(probe)
    const enough = Math.ceil((ms(warmUp) / 1000 - delay) / period)
    return {
      seen:
        `container ${container.name} gets ${formatDuration(startAllowance(probe))}: ` +
        `${delay} s and ${failures} × ${period} s`,
      expected: `at least ${warmUp}, its warm-up`,
      remedy: `set failureThreshold of its startupProbe to ${enough}`,
      at: [template.object, [...path, 'startupProbe', 'failureThreshold']],
      set: enough,
    }
  },
)

export const startupOutlastsWarmUp = invariant({
  name: 'startup-outlasts-warm-up',
  about: 'manifests',
  title: 'every startup probe allows the slowest known warm-up',
  reason: 'a startup probe that gives up before the program is warm kills it again and again',
  when: policy => policy.manifests.probes.outlastWarmUp,
  subjects: policy =>
    policy.workloads
      .filter(({ probes }) => probes)
      .map(workload => ({ ...ownerOf(workload), warmUp: workload.warmUp })),
  observe: () => workloadQuestions,
  facts: [startupTooShort],
  judge({ warmUp, ...owner }, answers) {
    const template = templateOfOwner(answers, owner)
    // The policy knows the warm-up of the main program, not those of its sidecars.
    const main = template && mainContainer(template)
    const probe = main?.container.startupProbe
    if (template === undefined || main === undefined || probe === undefined) return undefined
    return startAllowance(probe) < ms(warmUp) && startupTooShort(template, main, probe, warmUp)
  },
})

const livenessAsksOthers = fact(
  'liveness-asks-others',
  (template: PodTemplate, place: ContainerPlace, path: string) => ({
    which: place.id,
    seen:
      `the liveness probe of ${inWords(place, template)} requests ${path}, ` +
      'which also depends on other services',
    expected: 'a path that tests the process alone',
    remedy: 'give the program a path that depends on no other service, and probe that one',
    at: [template.object, [...place.path, 'livenessProbe', 'httpGet', 'path']],
  }),
)

const livenessIsReadiness = fact(
  'liveness-is-readiness',
  (template: PodTemplate, place: ContainerPlace) => ({
    which: place.id,
    seen: `${inWords(place, template)} has the same liveness and readiness probe`,
    expected: 'liveness tests whether the process works, readiness whether it can serve',
    remedy: 'give livenessProbe another path or another command',
    at: [template.object, [...place.path, 'livenessProbe']],
  }),
)

type Rules = Policy['manifests']['probes']

const mustDiffer = ({ livenessDiffers }: Rules, { object, namespace }: PodTemplate): boolean =>
  livenessDiffers.includes('*') || livenessDiffers.includes(`${namespace}/${object.metadata.name}`)

const asksTheSame = ({ container }: ContainerPlace): boolean => {
  const { livenessProbe: liveness, readinessProbe: readiness } = container
  if (!isJsonObject(liveness) || !isJsonObject(readiness)) return false
  return askedBy(liveness, container) === askedBy(readiness, container)
}

export const livenessAsksForItself = invariant({
  name: 'liveness-asks-for-itself',
  about: 'manifests',
  title: 'the liveness probe tests the process alone and differs from the readiness probe',
  reason:
    'a liveness probe that equals the readiness probe restarts programs that only wait for ' +
    'another service, and misses deadlocks that pass readiness',
  when: ({ manifests: { probes } }) =>
    probes.livenessDiffers.length + probes.dependencyPaths.length > 0,
  subjects: ownNamespaces,
  observe: () => workloadQuestions,
  facts: [livenessAsksOthers, livenessIsReadiness],
  judge: ({ namespace }, answers, { manifests: { probes } }) =>
    workloadTemplates(answers, namespace).map(template =>
      longRunning(template).map(place => {
        const { livenessProbe: liveness } = place.container
        const path = isJsonObject(liveness) ? pathAskedBy(liveness) : undefined
        if (path !== undefined && probes.dependencyPaths.includes(path))
          return livenessAsksOthers(template, place, path)
        const isSame = mustDiffer(probes, template) && asksTheSame(place)
        return isSame && livenessIsReadiness(template, place)
      }),
    ),
})

verify(
  import.meta,
  containersHaveProbes,
  hostNetworkProbesPinLoopback,
  startupOutlastsWarmUp,
  livenessAsksForItself,
)
