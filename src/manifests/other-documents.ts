// Recognizes documents that are not objects of the API: configuration files, values of charts, …
import { isJsonObject, type JsonObject } from '#src/model/json.ts'
import { show, skipped, type ObjectProblem } from './object-problem.ts'

const renderChart = 'To judge what its chart renders: holdfast gate --helm <chart>.'
const leaveOut =
  'Nothing, unless it belongs in the cluster; list it in .holdfastignore to silence this note.'

/**
 * Configuration of programs that never reaches the API, although it has an apiVersion and a kind.
 * @source each program’s documentation of its configuration file
 */
const localGroups = new Set([
  'kubeadm.k8s.io',
  'audit.k8s.io',
  'client.authentication.k8s.io',
  'apiserver.k8s.io',
  'kubelet.config.k8s.io',
  'kubeproxy.config.k8s.io',
  'kubescheduler.config.k8s.io',
  'kubectl.config.k8s.io',
  'apiserver.config.k8s.io',
  'controller.config.kubernetes.io',
  'kind.x-k8s.io',
  'skaffold',
  'k3d.io',
])

/** Names a document that has an apiVersion or a kind and never reaches the API. */
export function localFile(
  { apiVersion, kind }: JsonObject,
  name: string,
): ObjectProblem | undefined {
  const version = typeof apiVersion === 'string' ? apiVersion : ''
  if (/^kustomization(?:\.ya?ml)?$/i.test(name) || version.startsWith('kustomize.config.k8s.io/'))
    return skipped(
      'kustomization',
      'a kustomization',
      'To judge what it builds: holdfast gate --kustomize <folder>.',
    )
  if (kind === undefined && /^chart\.ya?ml$/i.test(name))
    return skipped('helm-chart', 'the description of a Helm chart', renderChart)
  if (version === 'v1' && kind === 'Config')
    return skipped(
      'local-file',
      'a kubeconfig',
      'Keep it out of the set: it may contain credentials.',
    )
  const [group = '', inGroup] = version.split('/')
  if (inGroup === undefined || !localGroups.has(group)) return undefined
  return skipped(
    'local-file',
    `the configuration of a program (${version} ${show(kind)})`,
    leaveOut,
  )
}

/** Names a document without apiVersion and kind by its file name and members. */
export function unknownDocument(value: JsonObject, name: string): ObjectProblem {
  if (/^values(?:[-_.].*)?\.(?:ya?ml|json)$/i.test(name))
    return skipped('helm-values', 'the values of a Helm chart', renderChart)
  if ('services' in value && isJsonObject(value['services']))
    return skipped('not-an-object', 'a Compose file', leaveOut)
  const keys = Object.keys(value)
  if (keys.length === 0) return skipped('not-an-object', 'an object without members', leaveOut)
  const first = keys.slice(0, 4).join(', ').slice(0, 100)
  return skipped(
    'not-an-object',
    `not an object of the API: it has ${first}${keys.length > 4 ? ', …' : ''}`,
    leaveOut,
  )
}
