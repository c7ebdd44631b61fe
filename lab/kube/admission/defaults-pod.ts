// The defaults of pods and pod templates.
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { fallback, isObject, listAt, objectAt, textAt, within } from '#lab/kube/patch/json.ts'

/**
 * `Always` for the tag `latest`, which is also the default tag. @source Kubernetes documentation,
 * Images: default image pull policy
 */
function pullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent'
  const tag = /:(?<tag>[^/:]+)$/.exec(image)?.groups?.['tag']
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

/** @source Kubernetes v1.35, Probe v1 core: defaults */
function probeDefaults(probe: JsonObject): void {
  fallback(probe, 'timeoutSeconds', 1)
  fallback(probe, 'periodSeconds', 10)
  fallback(probe, 'successThreshold', 1)
  fallback(probe, 'failureThreshold', 3)
  const http = probe['httpGet']
  if (!isObject(http)) return
  fallback(http, 'path', '/')
  fallback(http, 'scheme', 'HTTP')
}

function containerDefaults(container: JsonObject, hostNetwork: boolean): void {
  fallback(container, 'imagePullPolicy', pullPolicy(textAt(container, 'image') ?? ''))
  fallback(container, 'terminationMessagePath', '/dev/termination-log')
  fallback(container, 'terminationMessagePolicy', 'File')
  within(container, 'resources')
  for (const port of listAt(container, 'ports')) {
    fallback(port, 'protocol', 'TCP')
    if (hostNetwork && port['containerPort'] !== undefined)
      fallback(port, 'hostPort', port['containerPort'])
  }
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const found = container[probe]
    if (isObject(found)) probeDefaults(found)
  }
  for (const variable of listAt(container, 'env')) {
    const reference = objectAt(variable, 'valueFrom')['fieldRef']
    if (isObject(reference)) fallback(reference, 'apiVersion', 'v1')
  }
}

function volumeDefaults(volume: JsonObject): void {
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const found = volume[source]
    // 0644. @source Kubernetes v1.35, Volume v1 core: defaultMode
    if (isObject(found)) fallback(found, 'defaultMode', 420)
  }
  const host = volume['hostPath']
  if (isObject(host)) fallback(host, 'type', '')
}

/** Completes the spec of a pod or template. @source Kubernetes v1.35, PodSpec v1 core: defaults */
export function podSpecDefaults(spec: JsonObject): void {
  const hostNetwork = spec['hostNetwork'] === true
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')])
    containerDefaults(container, hostNetwork)
  for (const volume of listAt(spec, 'volumes')) volumeDefaults(volume)
  if (spec['serviceAccountName'] !== undefined)
    fallback(spec, 'serviceAccount', spec['serviceAccountName'])
  fallback(spec, 'restartPolicy', 'Always')
  fallback(spec, 'terminationGracePeriodSeconds', 30)
  fallback(spec, 'dnsPolicy', 'ClusterFirst')
  fallback(spec, 'securityContext', {})
  fallback(spec, 'schedulerName', 'default-scheduler')
}

/**
 * Requests default to the limits in pods, but not in templates. @source measured on a v1.35 node
 */
function requestDefaults(spec: JsonObject): void {
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    const resources = within(container, 'resources')
    for (const [resource, limit] of Object.entries(objectAt(resources, 'limits')))
      fallback(within(resources, 'requests'), resource, limit)
  }
}

const tolerated = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** @source Kubernetes v1.35, admission plugin DefaultTolerationSeconds */
function tolerationDefaults(spec: JsonObject): void {
  const tolerations = listAt(spec, 'tolerations')
  for (const key of tolerated) {
    const known = tolerations.some(
      entry =>
        (entry['key'] === key || (entry['key'] === undefined && entry['operator'] === 'Exists')) &&
        (entry['effect'] === undefined || entry['effect'] === 'NoExecute'),
    )
    if (!known)
      tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })
  }
  if (tolerations.length > 0) spec['tolerations'] = tolerations
}

/** Completes a new pod with the values that templates do not have, and sets its first status. */
export function podDefaults(pod: JsonObject): void {
  const spec = within(pod, 'spec')
  podSpecDefaults(spec)
  requestDefaults(spec)
  fallback(spec, 'enableServiceLinks', true)
  fallback(spec, 'serviceAccountName', 'default')
  fallback(spec, 'serviceAccount', spec['serviceAccountName']!)
  fallback(spec, 'priority', 0)
  fallback(spec, 'preemptionPolicy', 'PreemptLowerPriority')
  tolerationDefaults(spec)
  pod['status'] = { phase: 'Pending', qosClass: qosClass(spec) }
}

/** @source Kubernetes documentation, Pod Quality of Service Classes */
function qosClass(spec: JsonObject): string {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  const needs = containers.map(container => ({
    requests: objectAt(container, 'resources', 'requests'),
    limits: objectAt(container, 'resources', 'limits'),
  }))
  if (
    needs.every(
      need => Object.keys(need.requests).length === 0 && Object.keys(need.limits).length === 0,
    )
  )
    return 'BestEffort'
  const guaranteed = needs.every(need =>
    ['cpu', 'memory'].every(
      resource =>
        need.limits[resource] !== undefined && need.limits[resource] === need.requests[resource],
    ),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
