// Rules of containers that depend on where they stand: init containers, Windows pods, extended
// resources. @source pkg/apis/core/validation of Kubernetes 1.35, tried on a v1.35 API server
import type { JsonObject } from '#src/model/json.ts'
import { amount } from './amounts.ts'
import { allOf, below, membersOf, noProblems, objectsIn, ruleBroken, type Problem } from './rule.ts'

const isThere = (value: unknown): boolean => value !== undefined && value !== null

/** What only a container that stays can have. */
const ofThoseThatStay = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe']

/** An init container that ends has no probes and no hooks; one that always restarts stays. */
export const initContainers = (pod: JsonObject): readonly Problem[] =>
  objectsIn(pod['initContainers'])
    .filter(([container]) => container['restartPolicy'] !== 'Always')
    .flatMap(([container, index]) =>
      ofThoseThatStay
        .filter(member => isThere(container[member]))
        .map(member =>
          ruleBroken(
            ['initContainers', index, member],
            'is there in an init container, which ends before the pod starts',
            'none, or restartPolicy: Always, which makes it a sidecar',
            'take it out, or set restartPolicy: Always if the container stays',
          ),
        ),
    )

/** Settings of Linux, which a pod with `os.name: windows` must not have. */
const linuxOfContainers = [
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
  'appArmorProfile',
]
const linuxOfPods = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
]
const namespacesOfLinux = ['hostPID', 'hostIPC', 'hostUsers', 'shareProcessNamespace']

const forbidden = (object: unknown, members: readonly string[], of: string): readonly Problem[] =>
  members
    .filter(member => isThere(membersOf(object)[member]) && membersOf(object)[member] !== false)
    .concat(
      members.filter(
        member => membersOf(object)[member] === false && !namespacesOfLinux.includes(member),
      ),
    )
    .map(member =>
      ruleBroken(
        [member],
        `is there in a pod whose os.name is ${of}`,
        `none: ${of} does not have it`,
        'take it out',
      ),
    )

const inContainers = (
  pod: JsonObject,
  check: (container: JsonObject) => readonly Problem[],
): readonly Problem[] => {
  let found: readonly Problem[] = noProblems
  for (const list of ['containers', 'initContainers'])
    for (const [container, index] of objectsIn(pod[list]))
      found = allOf(found, below(list, below(index, check(container))))
  return found
}

/** A pod that says its system has no settings of the other. */
export function ofItsSystem(pod: JsonObject): readonly Problem[] {
  const system = membersOf(pod['os'])['name']
  if (system === 'windows')
    return allOf(
      forbidden(pod, namespacesOfLinux, system),
      below('securityContext', forbidden(pod['securityContext'], linuxOfPods, system)),
      inContainers(pod, container =>
        below(
          'securityContext',
          forbidden(container['securityContext'], linuxOfContainers, system),
        ),
      ),
    )
  if (system !== 'linux') return noProblems
  return allOf(
    below('securityContext', forbidden(pod['securityContext'], ['windowsOptions'], system)),
    inContainers(pod, container =>
      below('securityContext', forbidden(container['securityContext'], ['windowsOptions'], system)),
    ),
  )
}

/** Resources with a domain of their own, and huge pages: no two containers share them. */
const isWhole = (name: string): boolean =>
  name.startsWith('hugepages-') ||
  (name.includes('/') && !/^(?:[^/]*\.)?kubernetes\.io\//.test(name))

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).replaceAll('"', '')

/** Requests of extended resources equal their limits, are whole, and huge pages need others. */
export function wholeResources(object: JsonObject): readonly Problem[] {
  const [limits, requests] = [membersOf(object['limits']), membersOf(object['requests'])]
  const equal = Object.keys(requests)
    .filter(isWhole)
    .filter(name => amount(requests[name]) !== amount(limits[name]))
    .filter(name => limits[name] === undefined || amount(requests[name]) !== undefined)
    .map(name =>
      ruleBroken(
        ['requests', name],
        `is ${shown(requests[name])}, and its limit is ${shown(limits[name])}`,
        'the same number as its limit: the resource is not shared',
        'write the same under limits',
      ),
    )
  const parts = (['limits', 'requests'] as const).flatMap(member =>
    Object.entries(member === 'limits' ? limits : requests)
      .filter(([name, value]) => name.includes('/') && isWhole(name) && !isInteger(value))
      .map(([name, value]) =>
        ruleBroken(
          [member, name],
          `is ${String(value)}`,
          'a whole number',
          'write a whole number of devices',
        ),
      ),
  )
  return allOf(equal, parts)
}

const isInteger = (value: unknown): boolean => Number.isInteger(amount(value) ?? 0)
