// Probes: liveness, readiness and startup on every container that is meant to run for long, and
// each asks for what it is there for.
import {
  placeOf,
  invariant,
  formatDuration as timeInWords,
  isJsonObject,
  ms,
  verify,
  type Container,
  type Finding,
  type Policy,
  type Probe,
  type Answers,
  type Workload,
} from '#helpers/index.ts'
import { pods } from '#helpers/kubernetes/questions.ts'
import {
  barePods,
  containersOf,
  inWords,
  mainContainer,
  ownNamespaces,
  templateOf,
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
  name: string
  kind: WorkloadKind
  namespace: string
  workload: string
  /** Of one that nobody named, and that was found by it. */
  template?: PodTemplate
}

type Named = Pick<Workload, 'namespace' | 'kind' | 'name'>
const ownerOf = ({ namespace, kind, name }: Named): Owner => ({
  name: `${namespace}/${name}`,
  kind,
  namespace,
  workload: name,
})

const templateOfOwner = (
  answers: Answers,
  { kind, namespace, workload, template }: Owner,
): PodTemplate | undefined => {
  if (template !== undefined) return template
  const object = workloadObject(answers, kind, namespace, workload)
  return object && templateOf(object)
}

/**
 * Workloads that are there and of which the policy says nothing, each under a name that no other
 * subject has.
 */
function unnamed(
  answers: Answers,
  policy: Policy,
  keep: (template: PodTemplate) => boolean = () => true,
): readonly Owner[] {
  const named = new Set(
    policy.workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
  )
  const taken = new Set(policy.workloads.map(({ namespace, name }) => `${namespace}/${name}`))
  return policy.namespaces
    .flatMap(namespace => workloadTemplates(answers, namespace))
    .flatMap(template => {
      const {
        object: {
          kind,
          metadata: { name },
        },
        namespace,
      } = template
      const plain = `${namespace}/${name}`
      if (named.has(`${kind} ${plain}`)) return []
      const subject = taken.has(plain) ? `${kind} ${plain}` : plain
      taken.add(plain)
      if (!keep(template)) return []
      // Templates of workloads are of these kinds alone.
      return [{ name: subject, kind: kind as WorkloadKind, namespace, workload: name, template }]
    })
}

/**
 * Long-running: all containers, and init containers that never end (sidecars). @source Kubernetes,
 * sidecar containers: restartPolicy Always
 */
const longRunning = (template: PodTemplate | undefined): readonly ContainerPlace[] =>
  template === undefined ? [] : containersOf(template).filter(({ role }) => role !== 'init')

const uses = {
  liveness: 'restarts it when it hangs',
  readiness: 'keeps traffic away until it can serve',
  startup: 'gives a slow start time before liveness counts',
} as const

const kinds = ['liveness', 'readiness', 'startup'] as const

const gap = (
  template: PodTemplate,
  { container, path }: ContainerPlace,
  probe: (typeof kinds)[number],
  ends = '',
): Finding => ({
  code: `probe-missing:${probe}${ends}`,
  seen: `container ${container.name} has no ${probe} probe`,
  expected: `a ${probe} probe, which ${uses[probe]}`,
  remedy: `add ${probe}Probe to container ${container.name} of ${template.object.kind} ${template.namespace}/${template.object.metadata.name}`,
  at: placeOf(template.object, [...path, `${probe}Probe`]),
})

/** All pods that nobody controls, together: they come and go without the policy. */
const bare = {
  ...ownerOf({ namespace: '', kind: 'Deployment', name: '' }),
  name: 'pods that nobody controls',
  bare: true,
}

export const containersHaveProbes = invariant<Owner & { bare?: boolean }>({
  name: 'containers-have-probes',
  title: 'every long-running container has liveness, readiness and startup probes',
  reason:
    'without them a hung process stays Running and nobody notices: the data path of Typesense once hung for four days',
  subjects: policy => [...policy.workloads.filter(workload => workload.probes).map(ownerOf), bare],
  discover: (answers, policy) => unnamed(answers, policy),
  observe: () => [...workloadQuestions, pods],
  judge(owner, answers, policy) {
    const missing = (place: ContainerPlace) =>
      kinds.filter(probe => place.container[`${probe}Probe`] === undefined)
    if (owner.bare === true) {
      const staying = policy.namespaces
        .flatMap(namespace => barePods(answers, namespace))
        .filter(({ stays }) => stays)
      return staying.flatMap(template =>
        longRunning(template).flatMap(place =>
          missing(place).map(probe => gap(template, place, probe, `:${place.id}`)),
        ),
      )
    }
    const template = templateOfOwner(answers, owner)
    if (template === undefined) {
      return [
        {
          code: 'workload-missing',
          seen: `there is no ${owner.kind} ${owner.namespace}/${owner.workload}`,
          expected: 'it exists, with its probes',
          remedy: 'apply its manifest',
        },
      ]
    }
    return longRunning(template).flatMap(place =>
      missing(place).map(probe => gap(template, place, probe)),
    )
  },
})

export const hostNetworkProbesPinLoopback = invariant({
  name: 'host-network-probes-pin-loopback',
  title: 'probes of containers on the host network ask 127.0.0.1',
  reason:
    'under hostNetwork the pod address is the node address, where the application does not listen: the probe fails and the container restarts for ever',
  subjects: policy =>
    policy.workloads.filter(workload => workload.hostNetwork && workload.probes).map(ownerOf),
  discover: (answers, policy) => unnamed(answers, policy, ({ spec }) => spec.hostNetwork === true),
  observe: () => workloadQuestions,
  judge(owner, answers) {
    const template = templateOfOwner(answers, owner)
    return longRunning(template).flatMap(({ container, path }) =>
      (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap(key => {
        const action = container[key]?.httpGet === undefined ? 'tcpSocket' : 'httpGet'
        const host = container[key]?.[action]?.host
        if (
          template === undefined ||
          container[key]?.[action] === undefined ||
          host === '127.0.0.1'
        )
          return []
        return [
          {
            code: `probe-host:${key}`,
            seen: `${key} of ${container.name} asks ${host ?? 'the pod address'}`,
            expected: 'host: 127.0.0.1',
            remedy: `patch ${owner.kind} ${owner.namespace}/${owner.workload} after each Helm upgrade: ${key}.${action}.host = 127.0.0.1`,
            at: placeOf(template.object, [...path, key, action, 'host']),
            change: { to: '127.0.0.1' },
          },
        ]
      }),
    )
  },
})

/**
 * Seconds from start until a startup probe gives up. @source Kubernetes, configure probes: defaults
 * of periodSeconds and failureThreshold
 */
const allowed = ({
  initialDelaySeconds = 0,
  periodSeconds = 10,
  failureThreshold = 3,
}: Probe): number => initialDelaySeconds + periodSeconds * failureThreshold

export const startupOutlastsWarmUp = invariant({
  name: 'startup-outlasts-warm-up',
  title: 'every startup probe allows the slowest warm-up that is known',
  reason:
    'a startup probe that gives up before the program is warm kills it, again and again, and it is never warm',
  subjects: policy =>
    policy.manifests.probes.outlastWarmUp
      ? policy.workloads
          .filter(({ probes }) => probes)
          .map(workload => ({ ...ownerOf(workload), warmUp: workload.warmUp }))
      : [],
  observe: policy => (policy.manifests.probes.outlastWarmUp ? workloadQuestions : []),
  judge({ warmUp, ...owner }, answers) {
    const template = templateOfOwner(answers, owner)
    // Sidecars and side programs have warm-ups of their own, which nobody has told.
    const main = template && mainContainer(template)
    const probe = main?.container.startupProbe
    if (
      template === undefined ||
      main === undefined ||
      probe === undefined ||
      allowed(probe) * 1000 >= ms(warmUp)
    )
      return []
    const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe
    const enough = Math.ceil((ms(warmUp) / 1000 - initialDelaySeconds) / periodSeconds)
    return [
      {
        code: 'startup-too-short',
        seen: `container ${main.container.name} gets ${timeInWords(allowed(probe) * 1000)}: ${initialDelaySeconds} s and ${failureThreshold} × ${periodSeconds} s`,
        expected: `${warmUp} at least, its warm-up`,
        remedy: `set failureThreshold of its startupProbe to ${enough}`,
        at: placeOf(template.object, [...main.path, 'startupProbe', 'failureThreshold']),
        change: { to: enough },
      },
    ]
  },
})

/** What a probe asks, whatever its times are. */
const question = (probe: Probe): string => {
  const { httpGet, tcpSocket, exec } = probe
  // In a file anything may stand there, null as well.
  if (isJsonObject(httpGet))
    return JSON.stringify([
      'http',
      httpGet.scheme ?? 'HTTP',
      httpGet.host ?? '',
      httpGet.port,
      httpGet.path ?? '/',
    ])
  return JSON.stringify(
    !isJsonObject(tcpSocket)
      ? ['exec', exec?.command ?? probe]
      : ['tcp', tcpSocket.host ?? '', tcpSocket.port],
  )
}

/** A port by its number, whichever of its names a probe uses. */
function withNumber(probe: Probe, container: Container): Probe {
  const number = (port: number | string): number | string =>
    (Array.isArray(container.ports) ? container.ports : []).find(({ name }) => name === port)
      ?.containerPort ?? port
  if (isJsonObject(probe.httpGet))
    return { ...probe, httpGet: { ...probe.httpGet, port: number(probe.httpGet.port) } }
  return !isJsonObject(probe.tcpSocket)
    ? probe
    : { ...probe, tcpSocket: { ...probe.tcpSocket, port: number(probe.tcpSocket.port) } }
}

export const livenessAsksForItself = invariant({
  name: 'liveness-asks-for-itself',
  title: 'liveness asks the process alone, and not what readiness asks',
  reason:
    'a liveness probe that is the readiness probe restarts what only waits for somebody else, and ends no deadlock that readiness passes',
  subjects: policy =>
    policy.manifests.probes.livenessDiffers.length +
      policy.manifests.probes.dependencyPaths.length >
    0
      ? ownNamespaces(policy)
      : [],
  observe: policy =>
    policy.manifests.probes.livenessDiffers.length +
      policy.manifests.probes.dependencyPaths.length >
    0
      ? workloadQuestions
      : [],
  judge({ namespace }, answers, policy) {
    const { livenessDiffers, dependencyPaths } = policy.manifests.probes
    return workloadTemplates(answers, namespace).flatMap(template => {
      const differs =
        livenessDiffers.includes('*') ||
        livenessDiffers.includes(`${namespace}/${template.object.metadata.name}`)
      return longRunning(template).flatMap((place): readonly Finding[] => {
        const { container, path, id } = place
        const { livenessProbe: liveness, readinessProbe: readiness } = container
        if (!isJsonObject(liveness)) return []
        const at = placeOf(template.object, [...path, 'livenessProbe'])
        const { httpGet }: Probe = liveness
        const written = httpGet?.path
        const asked = typeof written === 'string' ? written.split('?')[0] : undefined
        if (asked !== undefined && dependencyPaths.includes(asked)) {
          return [
            {
              code: `liveness-asks-others:${id}`,
              seen: `liveness of ${inWords(place, template)} asks ${asked}, which answers for what it depends on, too`,
              expected: 'a path that answers for the process alone',
              remedy: 'give the program a path that needs nobody else, and ask that one',
              at: { ...at, path: [...at.path, 'httpGet', 'path'] },
            },
          ]
        }
        return !differs ||
          !isJsonObject(readiness) ||
          question(withNumber(liveness, container)) !== question(withNumber(readiness, container))
          ? []
          : [
              {
                code: `liveness-is-readiness:${id}`,
                seen: `liveness and readiness of ${inWords(place, template)} ask the same`,
                expected:
                  'liveness asks whether the process itself lives, readiness whether it can serve',
                remedy: 'let livenessProbe ask another path, or run another command',
                at,
              },
            ]
      })
    })
  },
})

verify(
  import.meta,
  containersHaveProbes,
  hostNetworkProbesPinLoopback,
  startupOutlastsWarmUp,
  livenessAsksForItself,
)
